import { element } from "../dom";
import { icon } from "../icons";

/** A dialog over the page with a title; gone when it is closed, by Escape or a click beside it too. */
export function openDialog(title: string, name: string, ...content: (Node | string | null)[]): HTMLDialogElement {
  const dialog: HTMLDialogElement = element(
    "dialog",
    { class: "dialog", "aria-label": title, "data-testid": name },
    element(
      "header",
      { class: "dialog-head" },
      element("h2", {}, title),
      element(
        "button",
        { type: "button", class: "plain", "aria-label": "Close", onclick: () => dialog.close() },
        icon("close"),
      ),
    ),
    ...content,
  );
  dialog.addEventListener("close", () => dialog.remove());
  let isPressedBeside = false;
  dialog.addEventListener("pointerdown", (event) => (isPressedBeside = event.target === dialog));
  dialog.addEventListener("click", (event) => {
    if (isPressedBeside && event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
