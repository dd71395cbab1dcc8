import { element } from "../dom";
import type { Look } from "./choices";

export interface Choice<Value extends string> {
  value: Value;
  label: string;
  /** Rectangles on a grid of 24×16: what it looks like. */
  drawing?: readonly (readonly [x: number, y: number, width: number, height: number])[];
}

export const LAYOUTS: readonly Choice<Look["layout"]>[] = [
  { value: "GRID", label: "Grid", drawing: [[1, 1, 10, 6.5], [13, 1, 10, 6.5], [1, 8.5, 10, 6.5], [13, 8.5, 10, 6.5]] },
  { value: "SIDEBAR", label: "Sidebar", drawing: [[1, 1, 15, 14], [17, 1, 6, 4], [17, 6, 6, 4], [17, 11, 6, 4]] },
  { value: "SPOTLIGHT", label: "Spotlight", drawing: [[1, 1, 22, 14]] },
];

/** Who is in the picture, in words. */
export const LAYOUT_HINTS: Record<Look["layout"], string> = {
  GRID: "Everybody, the ones who speak first.",
  SIDEBAR: "Who is pinned: the first one large, the others beside. Pin people from their menu.",
  SPOTLIGHT: "Only who is pinned, as large as possible. Pin people from their menu.",
};

/** A row of which one is chosen, under a title; `group` keeps its buttons apart from those of other rows. */
export function choiceRow<Value extends string>(
  title: string,
  name: string,
  group: string,
  choices: readonly Choice<Value>[],
  chosen: Value | null,
  onchange: (value: Value) => void,
): HTMLElement {
  return element(
    "fieldset",
    { class: "choices" },
    element("legend", { class: "field-name" }, title),
    element(
      "div",
      { class: "choice-row" },
      ...choices.map(({ value, label, drawing }) =>
        element(
          "label",
          { class: drawing ? "choice drawn" : "choice" },
          element("input", {
            type: "radio",
            name: `${group}-${name}`,
            value,
            checked: chosen === value,
            "data-testid": `${name}-${value}`,
            onchange: () => onchange(value),
          }),
          drawing ? picture(drawing) : null,
          element("span", {}, label),
        ),
      ),
    ),
  );
}

const SVG = "http://www.w3.org/2000/svg";

function picture(rectangles: NonNullable<Choice<string>["drawing"]>): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 16");
  svg.setAttribute("class", "drawing");
  svg.setAttribute("aria-hidden", "true");
  for (const [x, y, width, height] of rectangles) {
    const drawn = document.createElementNS(SVG, "rect");
    for (const [name, value] of Object.entries({ x, y, width, height, rx: 1.2 })) drawn.setAttribute(name, String(value));
    svg.append(drawn);
  }
  return svg;
}
