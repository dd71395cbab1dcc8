import { element } from "./dom";
import { icon, logo } from "./icons";
import { link, ViewName, VIEWS } from "./pure/route";

const NAMES: Record<ViewName, string> = {
  live: "Live",
  sessions: "Sessions",
  rooms: "Rooms",
  recordings: "Recordings",
  webhooks: "Webhooks",
  usage: "Usage",
  keys: "API keys",
  audit: "Audit",
};

/** Views with a place of their own at the bottom of a phone; the others are behind "More". */
const FIRST: readonly ViewName[] = ["live", "sessions", "rooms", "usage"];

/** What surrounds every view: the navigation, and the place where the view goes. */
export class Shell {
  readonly view: HTMLElement;
  readonly place: HTMLElement;
  private readonly links = new Map<ViewName, HTMLAnchorElement>();
  private readonly more: HTMLButtonElement;

  constructor(name: string, signOut: () => void) {
    for (const view of VIEWS) {
      this.links.set(
        view,
        element("a", { href: link(view), class: FIRST.includes(view) ? "nav-link" : "nav-link later" }, icon(view), element("span", {}, NAMES[view])),
      );
    }
    this.place = element("main", { id: "content", tabindex: -1 });
    this.more = element(
      "button",
      { class: "nav-link more", "aria-expanded": "false", onclick: () => this.unfold(!this.isUnfolded) },
      icon("more"),
      element("span", {}, "More"),
    );
    const out = element("button", { class: "nav-link later out", onclick: signOut }, icon("out"), element("span", {}, "Sign out"));
    this.view = element(
      "div",
      { class: "shell" },
      element("a", { class: "skip", href: "#content", onclick: (event: Event) => this.skip(event) }, "Skip to the content"),
      element(
        "nav",
        { class: "nav", "aria-label": "Dashboard" },
        element("a", { class: "brand", href: link("live") }, logo(), element("span", {}, "Stoa")),
        ...this.links.values(),
        this.more,
        element("a", { class: "nav-link later", href: "/docs", target: "_blank", rel: "noopener" }, icon("open"), element("span", {}, "REST API")),
        element("p", { class: "who later" }, element("span", { class: "faint" }, "Signed in with"), element("code", {}, name)),
        out,
      ),
      this.place,
    );
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.unfold(false);
    });
  }

  /** Marks where one is. */
  mark(current: ViewName): void {
    for (const [view, each] of this.links) {
      if (view === current) each.setAttribute("aria-current", "page");
      else each.removeAttribute("aria-current");
    }
    this.more.classList.toggle("current", !FIRST.includes(current));
    this.unfold(false);
  }

  private get isUnfolded(): boolean {
    return this.view.classList.contains("unfolded");
  }

  private unfold(on: boolean): void {
    this.view.classList.toggle("unfolded", on);
    this.more.setAttribute("aria-expanded", String(on));
  }

  /** The address is the view's: the link must not change it. */
  private skip(event: Event): void {
    event.preventDefault();
    this.place.focus();
  }
}
