import { element } from "./dom";
import { icon } from "./icons";

const NOTICE_TIME = 3_000;
const WARNING_TIME = 8_000;
const OFFER_TIME = 10_000;

/** What a person should know now, at the top of the call: a lasting state, or a passing note. */
export class Banner {
  readonly view: HTMLElement;
  private readonly line: HTMLElement;
  private lasting: string | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor() {
    this.line = element("div", { class: "banner", hidden: true, "data-testid": "status-banner" });
    const area = { class: "banner-area", role: "status", "aria-live": "polite" };
    this.view = element("div", area, this.line);
  }

  /** A state that lasts until it is taken back with `null`. */
  state(text: string | null): void {
    this.lasting = text;
    this.idle();
  }

  notice(text: string): void {
    if (this.lasting === null) this.pass("notice", NOTICE_TIME, text);
  }

  warn(text: string): void {
    if (this.lasting === null) this.pass("warning", WARNING_TIME, icon("alert"), text);
  }

  /** A note with something to do about it; as a `notice` it passes. */
  offer(text: string, action: string, done: () => void, kind: "warning" | "notice" = "warning"): void {
    if (kind === "notice" && this.lasting !== null) return;
    const button = element("button", { class: "banner-action" }, action);
    button.addEventListener("click", () => {
      done();
      this.idle();
    });
    this.pass(kind, kind === "notice" ? OFFER_TIME : 0, text, button);
  }

  close(): void {
    if (this.timer !== null) clearTimeout(this.timer);
  }

  private pass(kind: string, time: number, ...content: (Node | string)[]): void {
    this.put(kind, ...content);
    if (time > 0) this.timer = setTimeout(() => this.idle(), time);
  }

  private idle(): void {
    if (this.lasting === null) {
      this.close();
      this.line.hidden = true;
    } else {
      this.put("warning", element("span", { class: "spinner" }), this.lasting);
    }
  }

  private put(kind: string, ...content: (Node | string)[]): void {
    this.close();
    this.line.className = `banner ${kind}`;
    this.line.replaceChildren(...content);
    this.line.hidden = false;
  }
}
