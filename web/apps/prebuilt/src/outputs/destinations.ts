import type { LivestreamTarget } from "@stoa/js-sdk";
import { element } from "../dom";
import { icon } from "../icons";
import { recall, remember } from "../memory";
import { Destination, MOST_DESTINATIONS, problemOf, ServiceName, SERVICES, targetOf } from "./choices";

/** The form's list of where a livestream goes. Keys are never remembered. */
export class Destinations {
  readonly view: HTMLElement;
  private readonly list: HTMLElement;
  private readonly add: HTMLButtonElement;
  private rows: Row[] = [];

  constructor() {
    this.list = element("div", { class: "destinations" });
    this.add = element(
      "button",
      { type: "button", class: "small", "data-testid": "add-destination", onclick: () => this.insert("custom", true) },
      icon("plus"),
      "Another destination",
    );
    this.view = element("div", { class: "look" }, this.list, this.add);
    const service = recall("livestream.service");
    this.insert(service in SERVICES ? (service as ServiceName) : "youtube", false);
  }

  focus(): void {
    this.rows[0]?.focus();
  }

  /** The destinations, or `null` after the first wrong field was marked and has the focus. */
  value(): LivestreamTarget[] | null {
    const wrong = this.rows.filter((row) => !row.check());
    wrong[0]?.focus();
    if (wrong.length > 0) return null;
    remember("livestream.service", this.rows[0]!.value.service);
    return this.rows.map((row) => targetOf(row.value));
  }

  private insert(service: ServiceName, focused: boolean): void {
    const row: Row = new Row(service, () => this.take(row));
    this.rows.push(row);
    this.list.append(row.view);
    if (focused) row.focus();
    this.refresh();
  }

  private take(row: Row): void {
    this.rows = this.rows.filter((each) => each !== row);
    row.view.remove();
    this.refresh();
    this.add.focus();
  }

  private refresh(): void {
    this.add.hidden = this.rows.length >= MOST_DESTINATIONS;
    this.rows.forEach((row) => (row.canGo = this.rows.length > 1));
  }
}

let made = 0;

class Row {
  readonly view: HTMLElement;
  private readonly service: HTMLSelectElement;
  private readonly url: HTMLInputElement;
  private readonly urlField: HTMLElement;
  private readonly key: HTMLInputElement;
  private readonly hint: HTMLElement;
  private readonly problem: HTMLElement;
  private readonly remove: HTMLButtonElement;

  constructor(service: ServiceName, remove: () => void) {
    made += 1;
    const id = `destination-${made}`;
    this.service = element(
      "select",
      { "aria-label": "Service", "data-testid": "service", onchange: () => this.refresh() },
      ...Object.entries(SERVICES).map(([value, { name }]) =>
        element("option", { value, selected: value === service }, name),
      ),
    );
    this.url = element("input", {
      type: "url",
      inputmode: "url",
      placeholder: "rtmp://live.example.com/app",
      "aria-label": "Server address",
      "aria-describedby": id,
      autocomplete: "off",
      spellcheck: "false",
      maxlength: 1_024,
      "data-testid": "destination-url",
      oninput: () => this.clear(),
    });
    this.urlField = element("div", {}, this.url);
    this.key = element("input", {
      type: "password",
      placeholder: "Stream key",
      "aria-label": "Stream key",
      "aria-describedby": id,
      // Not a password of this page: browsers should neither fill it in nor offer to keep it.
      autocomplete: "one-time-code",
      spellcheck: "false",
      maxlength: 512,
      "data-testid": "stream-key",
      oninput: () => this.clear(),
    });
    const eye = element(
      "button",
      { type: "button", class: "plain", "aria-label": "Show the key", "aria-pressed": "false", title: "Show the key" },
      icon("viewer"),
    );
    eye.addEventListener("click", () => {
      const shown = this.key.type === "password";
      this.key.type = shown ? "text" : "password";
      eye.setAttribute("aria-pressed", String(shown));
    });
    this.hint = element("p", { class: "form-hint", id });
    this.problem = element("p", { class: "field-problem", role: "alert", hidden: true });
    this.remove = element(
      "button",
      { type: "button", class: "plain", "aria-label": "Remove this destination", title: "Remove", onclick: remove },
      icon("close"),
    );
    this.view = element(
      "div",
      { class: "destination", role: "group", "aria-label": "Destination" },
      element("div", { class: "destination-head" }, element("span", { class: "select" }, this.service), this.remove),
      this.urlField,
      element("div", { class: "secret" }, this.key, eye),
      this.hint,
      this.problem,
    );
    this.refresh();
  }

  set canGo(possible: boolean) {
    this.remove.hidden = !possible;
  }

  get value(): Destination {
    return { service: this.service.value as ServiceName, url: this.url.value, key: this.key.value };
  }

  focus(): void {
    const { field } = problemOf(this.value) ?? { field: "key" };
    (field === "url" ? this.url : this.key).focus();
  }

  /** Marks what is wrong; true for nothing. */
  check(): boolean {
    const found = problemOf(this.value);
    this.problem.hidden = found === null;
    this.problem.textContent = found?.text ?? "";
    this.url.setAttribute("aria-invalid", String(found?.field === "url"));
    this.key.setAttribute("aria-invalid", String(found?.field === "key"));
    return found === null;
  }

  private clear(): void {
    if (!this.problem.hidden) this.check();
  }

  private refresh(): void {
    const { service } = this.value;
    this.urlField.hidden = service !== "custom";
    this.hint.textContent = SERVICES[service].key;
    this.hint.hidden = service === "custom";
    this.clear();
  }
}
