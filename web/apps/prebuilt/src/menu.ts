import { element } from "./dom";
import { icon, IconName } from "./icons";

export interface MenuItem {
  /** For tests, and stable whatever the label says. */
  name: string;
  label: string;
  icon: IconName;
  danger?: boolean;
  /** Shown, but nothing to be done now. */
  disabled?: boolean;
  run(): void;
}

/** Pixels between a menu and its button, and the edge of the window. */
const GAP = 6;

/** One menu at a time, beside the button that opened it; arrow keys, Escape and clicks work in it. */
export class Menu {
  readonly view: HTMLElement;
  private opener: HTMLElement | null = null;

  constructor() {
    this.view = element("div", {
      class: "menu",
      role: "menu",
      hidden: true,
      tabindex: -1,
      onkeydown: (event) => this.key(event as KeyboardEvent),
      onfocusout: (event) => {
        const to = (event as FocusEvent).relatedTarget as Node | null;
        if (to && !this.view.contains(to) && to !== this.opener) this.close(false);
      },
    });
    document.addEventListener("pointerdown", this.pressed, true);
    window.addEventListener("resize", this.dismissed);
  }

  /** Opens at `opener`, or closes if it is open there. */
  toggle(opener: HTMLElement, title: string, items: MenuItem[]): void {
    if (this.opener === opener) return this.close(true);
    this.close(false);
    if (items.length === 0) return;
    this.opener = opener;
    opener.setAttribute("aria-expanded", "true");
    this.view.setAttribute("aria-label", title);
    this.view.replaceChildren(
      element("div", { class: "menu-title", "aria-hidden": "true" }, title),
      ...items.map((item) =>
        element(
          "button",
          {
            type: "button",
            role: "menuitem",
            class: item.danger ? "menu-item danger" : "menu-item",
            tabindex: -1,
            disabled: item.disabled,
            "data-testid": `menu-${item.name}`,
            onclick: () => {
              this.close(true);
              item.run();
            },
          },
          icon(item.icon),
          item.label,
        ),
      ),
    );
    this.view.hidden = false;
    this.place(opener.getBoundingClientRect());
    this.items[0]?.focus();
  }

  close(returnFocus: boolean): void {
    const { opener } = this;
    this.opener = null;
    this.view.hidden = true;
    opener?.setAttribute("aria-expanded", "false");
    if (returnFocus && opener?.isConnected) opener.focus();
  }

  /** Takes the menu and its listeners away. */
  remove(): void {
    document.removeEventListener("pointerdown", this.pressed, true);
    window.removeEventListener("resize", this.dismissed);
    this.view.remove();
  }

  private get items(): HTMLElement[] {
    return [...this.view.querySelectorAll<HTMLElement>("[role=menuitem]:not([disabled])")];
  }

  private readonly dismissed = (): void => this.close(false);

  private readonly pressed = (event: Event): void => {
    const target = event.target as Node;
    if (this.view.hidden || this.view.contains(target) || this.opener?.contains(target)) return;
    this.close(false);
  };

  /** Below the button if there is room, else above; never outside the window. */
  private place(at: DOMRect): void {
    const { offsetWidth: width, offsetHeight: height } = this.view;
    const below = at.bottom + GAP + height <= innerHeight - GAP;
    const top = below ? at.bottom + GAP : at.top - GAP - height;
    const left = Math.min(at.right - width, innerWidth - GAP - width);
    this.view.style.top = `${Math.max(GAP, Math.min(top, innerHeight - GAP - height))}px`;
    this.view.style.left = `${Math.max(GAP, left)}px`;
  }

  private key(event: KeyboardEvent): void {
    const { items } = this;
    const at = items.indexOf(document.activeElement as HTMLElement);
    const last = items.length - 1;
    const next: Record<string, number> = {
      ArrowDown: at === last ? 0 : at + 1,
      ArrowUp: at <= 0 ? last : at - 1,
      Home: 0,
      End: last,
    };
    const to = next[event.key];
    if (to !== undefined) items[to]?.focus();
    else if (event.key === "Escape" || event.key === "Tab") this.close(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
