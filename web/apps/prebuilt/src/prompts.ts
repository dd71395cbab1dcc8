import { element } from "./dom";
import { hue, initials } from "./identity";

/** Cards at the side of a call that want an answer, and a voice that tells of new ones. */
export class Prompts {
  readonly view: HTMLElement;
  private readonly voice: HTMLElement;
  private readonly cards: HTMLElement;

  constructor() {
    this.voice = element("p", { class: "heard-only", role: "status", "aria-live": "assertive" });
    this.cards = element("div", { class: "prompt-cards" });
    this.view = element(
      "section",
      { class: "prompts", "aria-label": "Requests" },
      this.voice,
      this.cards,
    );
  }

  add(card: HTMLElement): void {
    this.cards.append(card);
  }

  /** Says it to those who do not see the card. */
  announce(text: string): void {
    this.voice.textContent = text;
  }

  /** Puts the focus on the first answer; false if there is nothing to answer. */
  focus(): boolean {
    const button = this.cards.querySelector<HTMLElement>(".prompt:not([hidden]) button.yes");
    button?.focus();
    return button !== null;
  }
}

/** One line with a person and two answers to what it asks. */
export function promptRow(
  person: { id: string; name: string },
  text: string,
  no: HTMLElement,
  yes: HTMLElement,
): HTMLElement {
  return element(
    "div",
    { class: "prompt-row" },
    element("span", { class: `avatar hue-${hue(person.id)}`, "aria-hidden": "true" }, initials(person.name)),
    element("span", { class: "prompt-text" }, text),
    element("span", { class: "prompt-answers" }, no, yes),
  );
}
