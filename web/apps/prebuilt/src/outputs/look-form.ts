import { element } from "../dom";
import { recall, remember } from "../memory";
import { Choice, choiceRow, LAYOUT_HINTS, LAYOUTS } from "./choice-row";
import { Look, OutputKind, readLook } from "./choices";

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
    this.hint.textContent = LAYOUT_HINTS[this.look.layout];
  }

  private choices<Name extends "layout" | "quality" | "theme" | "orientation">(
    title: string,
    name: Name,
    choices: readonly Choice<Look[Name]>[],
  ): HTMLElement {
    return choiceRow(title, name, this.kind, choices, this.look[name], (value) => {
      this.look[name] = value;
      this.refresh();
    });
  }
}
