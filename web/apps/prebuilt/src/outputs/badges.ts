import { element } from "../dom";
import { elapsed, OutputKind } from "./choices";
import { OutputStates } from "./state";

const KINDS: readonly OutputKind[] = ["recording", "livestream", "hls"];
const NAMES: Record<OutputKind, { short: string; long: string }> = {
  recording: { short: "REC", long: "This meeting is being recorded" },
  livestream: { short: "LIVE", long: "This meeting is streamed live" },
  hls: { short: "LIVE", long: "This meeting is streamed to viewers" },
};

/** What everybody in the meeting has to know: that it is recorded or can be seen from outside. */
export class OutputBadges {
  readonly view: HTMLElement;
  private timer: ReturnType<typeof setInterval> | null = null;
  private readonly badges = new Map<OutputKind, { view: HTMLElement; text: HTMLElement }>();

  constructor(private readonly states: OutputStates) {
    for (const kind of KINDS) {
      const text = element("span", {});
      const view = element(
        "span",
        { class: `on-air air-${kind}`, role: "img", hidden: true, "data-testid": `${kind}-badge` },
        element("span", { class: "on-air-dot", "aria-hidden": "true" }),
        text,
      );
      this.badges.set(kind, { view, text });
    }
    this.view = element("div", { class: "on-air-area" }, ...[...this.badges.values()].map(({ view }) => view));
    this.refresh();
  }

  refresh(): void {
    const now = Date.now();
    let isTicking = false;
    for (const [kind, { view, text }] of this.badges) {
      const phase = this.states.phase(kind);
      // Both kinds of streams look the same from inside: one badge is enough.
      const isTold = kind === "hls" && this.states.phase("livestream") === "on" && phase === "on";
      view.hidden = phase === "off" || phase === "starting" || isTold;
      view.classList.toggle("ending", phase === "stopping");
      const time = this.states.elapsed(kind, now);
      const { short, long } = NAMES[kind];
      const words = kind === "recording" && time !== null ? `${short} ${elapsed(time)}` : short;
      if (text.textContent !== words) text.textContent = words;
      view.setAttribute("aria-label", long);
      view.title = long;
      isTicking ||= phase === "on" && time !== null;
    }
    this.view.hidden = [...this.badges.values()].every(({ view }) => view.hidden);
    if (isTicking && this.timer === null) this.timer = setInterval(() => this.refresh(), 1_000);
    if (!isTicking) this.close();
  }

  close(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }
}
