import { inWords, Refusal } from "./api";
import { Child, element, patch } from "./dom";
import { banner, emptyState, heading, skeleton } from "./parts/states";
import { clock } from "./pure/format";

/** One address of the dashboard: what it asks the server, and what it makes of the answer. */
export interface View<Data> {
  title: string;
  /** Milliseconds after which it asks again while it is seen; 0: never. */
  interval(data: Data | undefined): number;
  load(signal: AbortSignal): Promise<Data>;
  /** `width` is how many pixels there are for it. */
  render(data: Data, width: number): Child[];
}

/** Milliseconds before an empty page says that it loads: most answers come sooner. */
const PATIENCE = 180;
/** Pixels that a view may count on, whatever the window says while it changes. */
const NARROWEST = 280;
/** Milliseconds after which a page is asked for again that could not be had. */
const RETRY = 5_000;

/** Shows a view in `place`, in whatever state it is: loading, loaded, failed, not up to date. */
export class Screen {
  private view: View<any> | null = null;
  private data: unknown;
  private failure: unknown = null;
  private loadedAt = 0;
  private timer = 0;
  private loading = new AbortController();
  private width = 0;

  constructor(
    private readonly place: HTMLElement,
    private readonly signedOut: (why: string) => void,
  ) {
    new ResizeObserver(() => {
      const width = this.measured();
      if (width === this.width || !place.isConnected) return;
      this.width = width;
      this.draw();
    }).observe(place);
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && this.view && this.view.interval(this.data) > 0) void this.reload();
    });
  }

  /** Shows another view; with `keep` what is there stays until the new content has come. */
  show<Data>(view: View<Data>, keep: boolean): void {
    this.view = view;
    this.width = this.measured();
    if (!keep) {
      this.data = undefined;
      this.failure = null;
      this.place.replaceChildren();
      window.setTimeout(() => {
        if (this.view === view) this.draw();
      }, PATIENCE);
    }
    void this.reload();
  }

  close(): void {
    this.view = null;
    this.loading.abort();
    window.clearTimeout(this.timer);
  }

  /** Asks the server again. */
  async reload(): Promise<void> {
    const view = this.view;
    if (!view) return;
    window.clearTimeout(this.timer);
    this.loading.abort();
    const loading = (this.loading = new AbortController());
    this.place.setAttribute("aria-busy", "true");
    try {
      const data: unknown = await view.load(loading.signal);
      if (loading.signal.aborted) return;
      this.data = data;
      this.failure = null;
      this.loadedAt = Date.now();
    } catch (error) {
      if (loading.signal.aborted) return;
      if (error instanceof Refusal && error.kind === "signed-out") {
        this.signedOut(error.message);
        return;
      }
      this.failure = error;
    }
    this.place.removeAttribute("aria-busy");
    this.draw();
    const pause = this.failure && this.passes(this.failure) ? RETRY : view.interval(this.data);
    if (pause > 0) {
      this.timer = window.setTimeout(() => {
        if (!document.hidden) void this.reload();
      }, pause);
    }
  }

  /** Draws again what is known: after a choice that needs no answer of the server. */
  draw(): void {
    const view = this.view;
    if (!view) return;
    patch(this.place, this.content(view).filter((each): each is Node => each instanceof Node));
  }

  private content(view: View<any>): Child[] {
    if (this.data !== undefined) {
      const content = view.render(this.data, this.width);
      if (!this.failure) return content;
      const since = `Not up to date: this is from ${clock(this.loadedAt, true)}. ${inWords(this.failure)}`;
      return [banner(since), ...content];
    }
    if (!this.failure) return [heading(view.title), skeleton()];
    const kind = this.failure instanceof Refusal ? this.failure.kind : "refused";
    const again = element("button", { class: "button", onclick: () => void this.reload() }, "Try again");
    switch (kind) {
      case "not-here":
        return [
          heading(view.title),
          emptyState("Not available on this server", "This server does not offer this part of the API. A newer version may."),
        ];
      case "forbidden":
        return [heading(view.title), emptyState("Not for this key", inWords(this.failure))];
      case "not-found":
        return [heading(view.title), emptyState("Nothing here", inWords(this.failure))];
      default:
        return [heading(view.title), emptyState("This could not be loaded", inWords(this.failure), again)];
    }
  }

  private passes(failure: unknown): boolean {
    return failure instanceof Refusal && failure.kind === "unreachable";
  }

  private measured(): number {
    const style = getComputedStyle(this.place);
    const width = this.place.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    return Math.max(NARROWEST, Math.floor(width));
  }
}
