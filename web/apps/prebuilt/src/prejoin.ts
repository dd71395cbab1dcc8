import { VideoSDK } from "@stoa/js-sdk";
import { roomIn } from "./access";
import { DevicePicker } from "./device-picker";
import { element, play, show } from "./dom";
import { icon, logo } from "./icons";
import { hue, initials } from "./identity";
import { DeviceKind, Preview } from "./preview";
import { inWords } from "./words";

export interface Choice {
  name: string;
  room: string;
  preview: Preview;
}

const MIC_ICONS = ["mic", "micOff"] as const;
const CAMERA_ICONS = ["camera", "cameraOff"] as const;

/** The screen before a call: who, where, and with which devices. */
export class PreJoin {
  readonly view: HTMLElement;
  private readonly preview: Preview;
  private readonly video: HTMLVideoElement;
  private readonly cover: HTMLElement;
  private readonly name: HTMLInputElement;
  private readonly room: HTMLInputElement;
  private readonly join: HTMLButtonElement;
  private readonly problem: HTMLElement;
  private readonly hint: HTMLElement;
  private readonly buttons: Record<DeviceKind, HTMLButtonElement>;
  private readonly pickers: DevicePicker[];
  private asks = false;

  constructor(start: { name: string; room: string }, joined: (choice: Choice) => void) {
    this.preview = new Preview(() => this.refresh());
    this.video = element("video", { class: "mirrored", autoplay: true, playsinline: true });
    this.video.muted = true;
    this.cover = element("div", { class: "cover" });
    this.buttons = { audio: this.toggle("audio"), video: this.toggle("video") };
    this.hint = element("p", { class: "hint", role: "status", "aria-live": "polite" });
    const picker = (kind: DeviceKind): DevicePicker =>
      new DevicePicker(
        kind === "audio" ? "audioinput" : "videoinput",
        () => this.current(kind),
        (deviceId) => this.preview.choose(kind, deviceId),
      );
    this.pickers = [picker("video"), picker("audio")];
    this.name = element("input", {
      value: start.name,
      placeholder: "Your name",
      autocomplete: "name",
      maxlength: 80,
      required: true,
      "data-testid": "name-input",
      oninput: () => this.refresh(),
    });
    this.room = element("input", {
      value: start.room,
      placeholder: "Empty for a new room",
      autocomplete: "off",
      autocapitalize: "none",
      spellcheck: "false",
      maxlength: 512,
      "data-testid": "room-input",
      oninput: () => this.refresh(),
    });
    this.join = element("button", { class: "primary", "data-testid": "join-button" });
    this.problem = element("p", {
      class: "problem",
      role: "alert",
      hidden: true,
      "data-testid": "join-problem",
    });
    const form = element(
      "form",
      {
        class: "entry",
        novalidate: true,
        onsubmit: (event) => {
          event.preventDefault();
          const name = this.name.value.trim();
          if (name === "") {
            this.fail("Please enter your name, so that others know who you are.");
            return this.name.focus();
          }
          joined({ name, room: roomIn(this.room.value), preview: this.preview });
        },
      },
      element("h1", {}, "Ready to join?"),
      element("p", { class: "lead" }, "Check how you look and sound, then come in."),
      field("Name", this.name),
      field("Room", this.room),
      this.problem,
      this.join,
    );
    this.view = element(
      "main",
      { class: "prejoin" },
      element("header", { class: "brand" }, logo(), element("span", {}, "Stoa")),
      element(
        "div",
        { class: "prejoin-columns" },
        element(
          "section",
          { class: "preview", "aria-label": "Camera and microphone" },
          element(
            "div",
            { class: "stage" },
            this.video,
            this.cover,
            element("div", { class: "stage-buttons" }, this.buttons.audio, this.buttons.video),
          ),
          this.hint,
          element("div", { class: "pickers" }, ...this.pickers.map((picker) => picker.view)),
        ),
        form,
      ),
    );
    VideoSDK.on("device-changed", this.devicesChanged);
    this.preview.open();
    this.refresh();
  }

  /** Puts the cursor where something is still to be entered. */
  focus(): void {
    (this.name.value === "" ? this.name : this.join).focus();
  }

  fail(text: string): void {
    this.problem.textContent = text;
    this.problem.hidden = false;
    this.busy(false);
  }

  /** The button says that somebody has to let one in. */
  needsEntry(): void {
    this.asks = true;
    this.refresh();
  }

  /** Camera and microphone again, after a call that was not had. */
  reopen(): void {
    this.preview.open();
    this.busy(false);
  }

  busy(busy: boolean): void {
    if (busy) this.problem.hidden = true;
    this.join.disabled = busy;
    this.join.classList.toggle("busy", busy);
    this.refresh();
  }

  close(): void {
    VideoSDK.off("device-changed", this.devicesChanged);
    this.video.srcObject = null;
    this.preview.close();
  }

  private readonly devicesChanged = (): void => this.refresh();

  private toggle(kind: DeviceKind): HTMLButtonElement {
    return element("button", {
      type: "button",
      class: "round",
      "data-testid": kind === "audio" ? "prejoin-mic-button" : "prejoin-camera-button",
      onclick: () => this.preview.toggle(kind),
    });
  }

  private current(kind: DeviceKind): string {
    const track = this.preview.streams[kind]?.getTracks()[0];
    return track?.getSettings?.().deviceId ?? this.preview.chosen[kind];
  }

  private refresh(): void {
    const { preview } = this;
    const track = preview.streams.video?.getVideoTracks()[0] ?? null;
    show(this.video, track);
    if (track) play(this.video);
    this.video.hidden = track === null;
    this.cover.hidden = track !== null;
    const name = this.name.value.trim();
    const opening = preview.isOn("video") && track === null;
    this.cover.replaceChildren(
      name === ""
        ? icon(preview.isOn("video") ? "camera" : "cameraOff")
        : element("span", { class: `avatar hue-${hue(name)}` }, initials(name)),
      element("span", { class: "cover-text" }, opening ? "Starting the camera…" : "Camera is off"),
    );
    for (const kind of ["audio", "video"] as const) {
      const on = preview.isOn(kind);
      const label = kind === "audio" ? "microphone" : "camera";
      const button = this.buttons[kind];
      const [shown, crossed] = kind === "audio" ? MIC_ICONS : CAMERA_ICONS;
      button.replaceChildren(icon(on ? shown : crossed));
      button.classList.toggle("off", !on);
      button.setAttribute("aria-pressed", String(on));
      button.setAttribute("aria-label", `Turn ${label} ${on ? "off" : "on"}`);
      button.title = `Turn ${label} ${on ? "off" : "on"} (${kind === "audio" ? "m" : "v"})`;
    }
    const problems = [preview.problems.video, preview.problems.audio].filter((one) => one !== null);
    const texts = new Set(problems.map(inWords));
    this.hint.textContent = [...texts].join(" ");
    this.hint.hidden = texts.size === 0;
    this.join.textContent = this.join.disabled
      ? "Joining…"
      : this.asks
      ? "Ask to join"
      : this.room.value.trim() === ""
      ? "Start a new meeting"
      : "Join";
    for (const picker of this.pickers) void picker.refresh();
  }

  /** Keys m and v, as in a call. */
  key(key: string): boolean {
    if (key !== "m" && key !== "v") return false;
    this.preview.toggle(key === "m" ? "audio" : "video");
    return true;
  }
}

function field(name: string, input: HTMLElement): HTMLElement {
  return element(
    "label",
    { class: "field" },
    element("span", { class: "field-name" }, name),
    input,
  );
}
