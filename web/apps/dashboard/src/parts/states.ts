import { Child, element } from "../dom";
import { icon } from "../icons";

/** The first line of a view, with what can be done on its right. */
export function heading(title: string, ...actions: Child[]): HTMLElement {
  return element(
    "header",
    { class: "heading", "data-key": "heading" },
    element("h1", { tabindex: -1 }, title),
    element("div", { class: "heading-actions" }, ...actions),
  );
}

/** Where nothing is, what that means and what to do. */
export function emptyState(title: string, text: string, ...actions: Child[]): HTMLElement {
  return element(
    "section",
    { class: "empty" },
    element("h2", {}, title),
    element("p", {}, text),
    actions.length > 0 && element("div", { class: "empty-actions" }, ...actions),
  );
}

/** What a part of a view is that this server does not have. */
export function notHere(): HTMLElement {
  return element("p", { class: "note" }, "Not available on this server.");
}

export function banner(text: string): HTMLElement {
  return element("div", { class: "banner", role: "status", "data-key": "banner" }, icon("alert"), element("span", {}, text));
}

/** Grey shapes of the content to come. */
export function skeleton(): HTMLElement {
  return element(
    "div",
    { class: "skeleton", role: "status", "aria-label": "Loading" },
    ...[1, 2, 3].map((each) => element("div", { class: `bone bone-${each}` })),
  );
}

/** A framed part of a view. */
export function card(title: Child, ...content: Child[]): HTMLElement {
  return element(
    "section",
    { class: "card" },
    typeof title === "string" ? element("h2", { class: "card-title" }, title) : title,
    ...content,
  );
}

/** A number with its name. */
export function tile(name: string, value: string, note?: Child): HTMLElement {
  return element(
    "div",
    { class: "tile", "data-key": `tile-${name}` },
    element("dt", {}, name),
    // Words need more room than figures.
    element("dd", { class: value.length > 12 ? "in-words" : undefined }, value),
    note && element("dd", { class: "tile-note" }, note),
  );
}

export function tiles(...content: Child[]): HTMLElement {
  return element("dl", { class: "tiles", "data-key": "tiles" }, ...content);
}

export type Tone = "good" | "neutral" | "warning" | "bad" | "accent";

/** A state in a word, with a dot for those who look only briefly. */
export function pill(text: string, tone: Tone): HTMLElement {
  return element("span", { class: `pill ${tone}` }, text);
}
