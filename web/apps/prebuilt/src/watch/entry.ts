import { roomIn } from "../access";
import { element } from "../dom";
import { icon, logo } from "../icons";

/** Asks a viewer for a name, and for the room if the address does not say it. */
export class Entry {
  readonly view: HTMLElement;
  private readonly name: HTMLInputElement;
  private readonly room: HTMLInputElement;
  private readonly button: HTMLButtonElement;
  private readonly problem: HTMLElement;

  constructor(start: { name: string; room: string }, watch: (choice: { name: string; room: string }) => void) {
    this.name = element("input", {
      value: start.name,
      placeholder: "Your name",
      autocomplete: "name",
      maxlength: 80,
      "data-testid": "name-input",
    });
    this.room = element("input", {
      value: start.room,
      placeholder: "Room id or link",
      autocomplete: "off",
      autocapitalize: "none",
      spellcheck: "false",
      maxlength: 512,
      "data-testid": "room-input",
    });
    this.button = element("button", { class: "primary", "data-testid": "join-button" }, "Watch");
    this.problem = element("p", { class: "problem", role: "alert", hidden: true, "data-testid": "join-problem" });
    const field = (label: string, input: HTMLElement): HTMLElement =>
      element("label", { class: "field" }, element("span", { class: "field-name" }, label), input);
    const roomField = field("Room", this.room);
    roomField.hidden = start.room !== "";
    this.view = element(
      "main",
      { class: "left" },
      element("header", { class: "brand" }, logo(), element("span", {}, "Stoa")),
      element(
        "form",
        {
          class: "left-card watch-entry",
          novalidate: true,
          onsubmit: (event) => {
            event.preventDefault();
            const [name, room] = [this.name.value.trim(), roomIn(this.room.value)];
            if (name === "") return this.fail("Please enter your name: it stands beside what you write.", this.name);
            if (room === "") return this.fail("Please enter the room.", this.room);
            watch({ name, room });
          },
        },
        element("span", { class: "entry-icon", "aria-hidden": "true" }, icon("broadcast")),
        element("h1", {}, "Watch live"),
        element("p", { class: "lead" }, "You watch and write in the chat. Nobody sees or hears you."),
        field("Name", this.name),
        roomField,
        this.problem,
        this.button,
      ),
    );
  }

  focus(): void {
    (this.name.value === "" ? this.name : this.button).focus();
  }

  busy(busy: boolean): void {
    this.button.disabled = busy;
    this.button.classList.toggle("busy", busy);
    this.button.textContent = busy ? "Opening…" : "Watch";
    if (busy) this.problem.hidden = true;
  }

  fail(text: string, field?: HTMLElement): void {
    this.busy(false);
    this.problem.textContent = text;
    this.problem.hidden = false;
    field?.focus();
  }
}
