import type { Participant, Stream } from "@stoa/js-sdk";
import { element, play, show } from "./dom";
import { icon } from "./icons";
import { hue, initials } from "./identity";
import { modeName } from "./words";

/** One person: picture or initials, name, what is off, and a menu if there is something to do. */
export class Tile {
  readonly view: HTMLElement;
  private readonly video: HTMLVideoElement;
  private readonly avatar: HTMLElement;
  private readonly muted: HTMLElement;
  private readonly label: HTMLElement;
  private readonly pinned: HTMLElement;
  private readonly mode: HTMLElement;
  private readonly more: HTMLButtonElement;
  private stream: Stream | null = null;

  constructor(readonly participant: Participant, private readonly menu: TileMenu) {
    const name = shownName(participant);
    this.video = element("video", { autoplay: true, playsinline: true });
    this.video.muted = true; // sound comes from elements of its own
    this.video.hidden = true;
    if (participant.local) this.video.classList.add("mirrored");
    this.avatar = element(
      "div",
      { class: "cover" },
      element("span", { class: `avatar hue-${hue(participant.id)}` }, initials(participant.displayName)),
    );
    this.muted = element("span", { class: "muted", role: "img", "aria-label": "Microphone off" }, icon("micOff"));
    this.label = element("span", { class: "tile-name" }, name);
    this.pinned = element("span", { class: "pinned", role: "img", "aria-label": "Pinned" }, icon("pin"));
    this.mode = element("span", { class: "mode" });
    this.more = element(
      "button",
      {
        type: "button",
        class: "tile-menu",
        "aria-label": `What to do with ${name}`,
        "aria-haspopup": "menu",
        "aria-expanded": "false",
        "data-testid": `more-${participant.id}`,
        onclick: () => menu.open(this.more, participant),
      },
      icon("more"),
    );
    this.view = element(
      "article",
      { class: "tile", "data-testid": `tile-${participant.id}`, "aria-label": name },
      this.video,
      this.avatar,
      element("div", { class: "tile-label" }, this.pinned, this.muted, this.label, this.mode),
      this.more,
    );
    // A picture that is promised but not there yet shows the initials meanwhile.
    this.video.addEventListener("loadeddata", () => this.refresh());
    this.video.addEventListener("resize", () => this.refresh());
    this.refresh();
  }

  get isPinned(): boolean {
    return this.participant.pinState.cam;
  }

  /** Those on stage come before viewers. */
  get isOnStage(): boolean {
    return this.participant.mode === "SEND_AND_RECV";
  }

  /** Puts the tile somewhere else; a video that is taken out of the page would stop. */
  moveTo(parent: HTMLElement, before: Node | null): void {
    parent.insertBefore(this.view, before);
    if (this.stream) play(this.video);
  }

  set speaking(speaking: boolean) {
    this.view.classList.toggle("speaking", speaking);
  }

  refresh(): void {
    const { participant } = this;
    const stream = participant.streamOf("video");
    if (stream !== this.stream || stream?.track !== shownTrack(this.video)) {
      this.stream = stream;
      show(this.video, stream?.track ?? null);
      if (stream) play(this.video);
    }
    const visible = stream !== null && this.video.videoWidth > 0;
    this.video.hidden = !visible;
    this.avatar.hidden = visible;
    const mode = modeName(participant.mode);
    this.muted.hidden = participant.micOn || mode !== "";
    this.mode.hidden = mode === "";
    this.mode.textContent = mode;
    this.pinned.hidden = !participant.pinState.cam;
    this.more.hidden = !this.menu.has(participant);
    this.view.classList.toggle("camera-off", !participant.webcamOn);
  }

  close(): void {
    show(this.video, null);
    this.view.remove();
  }
}

export interface TileMenu {
  has(participant: Participant): boolean;
  open(opener: HTMLElement, participant: Participant): void;
}

export function shownName(participant: Participant): string {
  const name = participant.displayName.trim() || "Guest";
  return participant.local ? `${name} (you)` : name;
}

function shownTrack(video: HTMLVideoElement): MediaStreamTrack | null {
  return video.srcObject instanceof MediaStream ? video.srcObject.getTracks()[0] ?? null : null;
}
