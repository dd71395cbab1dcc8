import type { Meeting } from "@stoa/js-sdk";
import { viewerLink } from "../access";
import type { Banner } from "../banner";
import { element } from "../dom";
import { icon } from "../icons";
import type { Menu, MenuItem } from "../menu";
import { OutputBadges } from "./badges";
import { elapsed, OutputKind, OUTPUT_KINDS } from "./choices";
import { layoutDialog } from "./layout-dialog";
import { recordingsDialog } from "./recordings";
import { startDialog } from "./start-dialog";
import { OutputStates, Phase } from "./state";

export interface OutputsOptions {
  /** Whether this person may begin and end them. */
  isAllowed: boolean;
  token(): Promise<string>;
  /** What the menu offers besides, for narrow windows. */
  more: readonly MenuItem[];
}

/** Recording and streaming in a call: two buttons for those who may, badges for everybody. */
export class OutputControls {
  /** Starts and stops the recording. */
  readonly record: HTMLButtonElement;
  /** Everything there is, in a menu. */
  readonly broadcast: HTMLButtonElement;
  readonly badges: OutputBadges;
  private readonly states: OutputStates;
  private readonly timer: ReturnType<typeof setInterval>;
  private hasChosenToStop = false;

  constructor(
    private readonly meeting: Meeting,
    private readonly menu: Menu,
    private readonly banner: Banner,
    private readonly options: OutputsOptions,
  ) {
    this.states = new OutputStates(meeting);
    this.badges = new OutputBadges(this.states);
    this.record = element("button", {
      type: "button",
      class: "round record",
      "data-testid": "record-button",
      hidden: !options.isAllowed,
      onclick: () => this.recordPressed(),
    });
    this.broadcast = element("button", {
      type: "button",
      class: "round",
      "data-testid": "broadcast-button",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      hidden: !options.isAllowed,
      onclick: () => this.menu.toggle(this.broadcast, "Record and stream", this.items()),
    });
    this.states.onchange = (kind, phase, before) => {
      this.refresh();
      this.tell(kind, phase, before);
    };
    this.timer = setInterval(() => {
      if (this.states.phase("recording") === "on") this.refresh();
    }, 1_000);
    this.refresh();
  }

  close(): void {
    clearInterval(this.timer);
    this.badges.close();
  }

  private refresh(): void {
    this.badges.refresh();
    const phase = this.states.phase("recording");
    const label = RECORD_LABELS[phase];
    this.record.className = `round record is-${phase}`;
    this.record.replaceChildren(
      phase === "starting" || phase === "stopping"
        ? element("span", { class: "spinner" })
        : icon(phase === "on" ? "stop" : "record"),
    );
    this.record.setAttribute("aria-label", label);
    this.record.title = label;
    this.record.disabled = phase === "starting" || phase === "stopping";
    const isLive = this.states.phase("livestream") === "on" || this.states.phase("hls") === "on";
    this.broadcast.classList.toggle("live", isLive);
    this.broadcast.replaceChildren(icon("broadcast"));
    const name = isLive ? "Streaming live: record and stream" : "Record and stream";
    this.broadcast.setAttribute("aria-label", name);
    this.broadcast.title = name;
  }

  private recordPressed(): void {
    if (this.states.phase("recording") === "on") this.stop("recording");
    else startDialog(this.meeting, "recording");
  }

  private items(): MenuItem[] {
    const { states, meeting } = this;
    const items: MenuItem[] = [];
    const add = (kind: OutputKind, start: string, stop: string, iconName: MenuItem["icon"]): void => {
      const phase = states.phase(kind);
      if (phase === "off") {
        items.push({ name: `start-${kind}`, label: start, icon: iconName, run: () => startDialog(meeting, kind) });
      } else if (phase === "on") {
        const time = states.elapsed(kind, Date.now());
        const label = time === null ? stop : `${stop} (${elapsed(time)})`;
        items.push({ name: `stop-${kind}`, label, icon: "stop", danger: true, run: () => this.stop(kind) });
      } else {
        const label = phase === "starting" ? "Starting…" : "Stopping…";
        items.push({ name: `busy-${kind}`, label, icon: iconName, disabled: true, run: () => {} });
      }
    };
    add("recording", "Record…", "Stop recording", "record");
    add("livestream", "Go live…", "End livestream", "broadcast");
    add("hls", "Stream to viewers…", "End the stream", "viewer");
    const running = OUTPUT_KINDS.filter((kind) => states.phase(kind) === "on");
    if (running.length > 0) {
      items.push({ name: "change-layout", label: "Change the layout…", icon: "grid", run: () => layoutDialog(meeting, running) });
    }
    items.push({ name: "copy-viewer-link", label: "Copy the viewers' link", icon: "link", run: () => this.copyLink() });
    items.push({
      name: "recordings",
      label: "Recordings of this room",
      icon: "film",
      run: () => recordingsDialog(meeting.id, () => this.options.token()),
    });
    items.push(...this.options.more);
    return items;
  }

  private stop(kind: OutputKind): void {
    const { meeting } = this;
    this.hasChosenToStop = true;
    const done = kind === "recording" ? meeting.stopRecording() : kind === "hls" ? meeting.stopHls() : meeting.stopLivestream();
    done.catch(() => {}); // the meeting tells what went wrong
  }

  private copyLink(): void {
    const link = viewerLink(this.meeting.id);
    const copied = (): void => this.banner.notice("Viewers' link copied");
    const failed = (): void => this.banner.warn(`Viewers watch at ${link}`);
    if (navigator.clipboard) navigator.clipboard.writeText(link).then(copied, failed);
    else failed();
  }

  private tell(kind: OutputKind, phase: Phase, before: Phase): void {
    if (phase === before) return;
    const { banner } = this;
    if (phase === "on" && before === "starting") {
      if (kind === "hls" && this.options.isAllowed) {
        banner.offer("The stream to viewers has started", "Copy its link", () => this.copyLink(), "notice");
      } else {
        banner.notice(BEGUN[kind]);
      }
    } else if (phase === "off" && (before === "on" || before === "stopping")) {
      if (kind === "recording" && this.hasChosenToStop) {
        banner.offer("The recording is finished", "Show", () => recordingsDialog(this.meeting.id, () => this.options.token()), "notice");
      } else {
        banner.notice(ENDED[kind]);
      }
      this.hasChosenToStop = false;
    }
  }
}

const RECORD_LABELS: Record<Phase, string> = {
  off: "Record the meeting",
  starting: "The recording starts…",
  on: "Stop recording",
  stopping: "The recording is being finished…",
};

const BEGUN: Record<OutputKind, string> = {
  recording: "This meeting is being recorded",
  livestream: "This meeting is live",
  hls: "This meeting is streamed to viewers",
};

const ENDED: Record<OutputKind, string> = {
  recording: "The recording has ended",
  livestream: "The livestream has ended",
  hls: "The stream to viewers has ended",
};
