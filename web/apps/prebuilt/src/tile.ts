import type { Participant, Stream } from "@stoa/js-sdk";
import { element, play, show } from "./dom";
import { icon } from "./icons";
import { hue, initials } from "./identity";

/** One person: picture or initials, name, and whether the microphone is on. */
export class Tile {
  readonly view: HTMLElement;
  private readonly video: HTMLVideoElement;
  private readonly avatar: HTMLElement;
  private readonly muted: HTMLElement;
  private readonly label: HTMLElement;
  private stream: Stream | null = null;

  constructor(readonly participant: Participant) {
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
    this.view = element(
      "article",
      { class: "tile", "data-testid": `tile-${participant.id}`, "aria-label": name },
      this.video,
      this.avatar,
      element("div", { class: "tile-label" }, this.muted, this.label),
    );
    // A picture that is promised but not there yet shows the initials meanwhile.
    this.video.addEventListener("loadeddata", () => this.refresh());
    this.video.addEventListener("resize", () => this.refresh());
    this.refresh();
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
    this.muted.hidden = participant.micOn;
    this.view.classList.toggle("camera-off", !participant.webcamOn);
  }

  close(): void {
    show(this.video, null);
    this.view.remove();
  }
}

export function shownName(participant: Participant): string {
  const name = participant.displayName.trim() || "Guest";
  return participant.local ? `${name} (you)` : name;
}

function shownTrack(video: HTMLVideoElement): MediaStreamTrack | null {
  return video.srcObject instanceof MediaStream ? video.srcObject.getTracks()[0] ?? null : null;
}
