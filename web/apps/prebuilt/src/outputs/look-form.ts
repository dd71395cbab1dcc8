import { element } from "../dom";
import { recall, remember } from "../memory";
import { Look, OutputKind, readLook } from "./choices";

interface Choice<Value extends string> {
  value: Value;
  label: string;
  /** Rectangles on a grid of 24×16: what it looks like. */
  drawing?: readonly (readonly [x: number, y: number, width: number, height: number])[];
}

const LAYOUTS: readonly Choice<Look["layout"]>[] = [
  { value: "GRID", label: "Grid", drawing: [[1, 1, 10, 6.5], [13, 1, 10, 6.5], [1, 8.5, 10, 6.5], [13, 8.5, 10, 6.5]] },
  { value: "SIDEBAR", label: "Sidebar", drawing: [[1, 1, 15, 14], [17, 1, 6, 4], [17, 6, 6, 4], [17, 11, 6, 4]] },
  { value: "SPOTLIGHT", label: "Spotlight", drawing: [[1, 1, 22, 14]] },
];
const QUALITIES: readonly Choice<Look["quality"]>[] = [
  { value: "low", label: "480p" },
  { value: "med", label: "720p" },
  { value: "high", label: "1080p" },
];
const THEMES: readonly Choice<Look["theme"]>[] = [
  { value: "DARK", label: "Dark" },
  { value: "LIGHT", label: "Light" },
];
const ORIENTATIONS: readonly Choice<Look["orientation"]>[] = [
  { value: "landscape", label: "Landscape", drawing: [[3, 3, 18, 10]] },
  { value: "portrait", label: "Portrait", drawing: [[8, 0.5, 8, 15]] },
];

/** The choice of how a recording or stream looks; remembered for the next time. */
export class LookForm {
  readonly view: HTMLElement;
  private readonly look: Look;
  private readonly pictures: HTMLElement;
  private readonly hint: HTMLElement;

  constructor(private readonly kind: OutputKind) {
    this.look = readLook(recall(`look.${kind}`));
    this.hint = element("p", { class: "form-hint" });
    this.pictures = element(
      "div",
      { class: "look-parts" },
      this.choices("Layout", "layout", LAYOUTS),
      this.hint,
      this.choices("Quality", "quality", QUALITIES),
      this.choices("Format", "orientation", ORIENTATIONS),
      this.choices("Background", "theme", THEMES),
    );
    const sound = element("input", {
      type: "checkbox",
      checked: this.look.audioOnly,
      "data-testid": "audio-only",
      onchange: () => {
        this.look.audioOnly = sound.checked;
        this.refresh();
      },
    });
    const check = element("label", { class: "check" }, sound, element("span", {}, "Sound only, without pictures"));
    this.view = element("div", { class: "look" }, this.pictures, kind === "livestream" ? null : check);
    this.refresh();
  }

  /** What was chosen. */
  value(): Look {
    remember(`look.${this.kind}`, JSON.stringify(this.look));
    return { ...this.look };
  }

  private refresh(): void {
    this.pictures.hidden = this.look.audioOnly && this.kind !== "livestream";
    this.hint.textContent =
      this.look.layout === "GRID"
        ? "Everybody, the ones who speak first."
        : this.look.layout === "SIDEBAR"
        ? "Who is pinned: the first one large, the others beside. Pin people from their menu."
        : "Only who is pinned, as large as possible. Pin people from their menu.";
  }

  private choices<Name extends "layout" | "quality" | "theme" | "orientation">(
    title: string,
    name: Name,
    choices: readonly Choice<Look[Name]>[],
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
              name: `${this.kind}-${name}`,
              value,
              checked: this.look[name] === value,
              "data-testid": `${name}-${value}`,
              onchange: () => {
                this.look[name] = value;
                this.refresh();
              },
            }),
            drawing ? picture(drawing) : null,
            element("span", {}, label),
          ),
        ),
      ),
    );
  }
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
