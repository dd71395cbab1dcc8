import type { LeaveReason } from "@stoa/js-sdk";
import { element } from "./dom";
import { logo } from "./icons";
import { farewell } from "./words";

/** The screen after a call. */
export function leftScreen(
  reason: LeaveReason | null,
  actions: { rejoin(): void; startOver(): void },
): HTMLElement {
  const { title, text } = farewell(reason);
  const again = element(
    "button",
    { class: "primary", "data-testid": "rejoin-button", onclick: actions.rejoin },
    "Rejoin",
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
