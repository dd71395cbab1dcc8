import { Child, element } from "../dom";
import { icon } from "../icons";

const place = element("div", { class: "toasts", role: "status" });

/** Says something for a few seconds. */
export function tell(text: string): void {
  if (!place.isConnected) document.body.append(place);
  // In the top layer, above an open dialog.
  const over = document.querySelector("dialog[open]");
  if (over && place.parentElement !== over) over.append(place);
  const toast = element("p", { class: "toast" }, icon("check"), text);
  place.append(toast);
  setTimeout(() => {
    toast.remove();
    if (place.childElementCount === 0) document.body.append(place);
  }, 3_000);
}

/** Puts a text on the clipboard and says so; says what to do where the browser does not let it. */
export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    tell(`${what} copied`);
  } catch {
    window.prompt(`${what}: copy it from here`, text);
  }
}

/** A text to be copied, with the button that does it. */
export function copyable(text: string, what: string, ...after: Child[]): HTMLElement {
  return element(
    "div",
    { class: "copyable" },
    element("code", {}, text),
    element("button", { class: "button", type: "button", onclick: () => void copy(text, what) }, icon("copy"), "Copy"),
    ...after,
  );
}
