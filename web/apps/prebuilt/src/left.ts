import { element } from "./dom";
import { logo } from "./icons";

/** The screen after a call, or instead of one. */
export function leftScreen(
  { title, text, again: rejoin }: { title: string; text: string; again: string },
  actions: { rejoin(): void; startOver(): void },
): HTMLElement {
  const again = element(
    "button",
    { class: "primary", "data-testid": "rejoin-button", onclick: actions.rejoin },
    rejoin,
  );
  const over = element(
    "button",
    { class: "quiet", "data-testid": "home-button", onclick: actions.startOver },
    "Another meeting",
  );
  queueMicrotask(() => again.focus());
  return element(
    "main",
    { class: "left", "data-testid": "left-screen" },
    element("header", { class: "brand" }, logo(), element("span", {}, "Stoa")),
    element(
      "section",
      { class: "left-card" },
      element("h1", {}, title),
      element("p", { class: "lead" }, text),
      element("div", { class: "left-buttons" }, again, over),
    ),
  );
}
