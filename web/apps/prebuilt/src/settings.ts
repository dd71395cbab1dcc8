import { Meeting, VideoSDK } from "@stoa/js-sdk";
import { DevicePicker } from "./device-picker";
import { element } from "./dom";
import { remember } from "./memory";

/** The choice of devices during a call. */
export class Settings {
  readonly view: HTMLDialogElement;
  private readonly pickers: DevicePicker[];

  constructor(meeting: Meeting) {
    const inUse = (kind: "audio" | "video"): string =>
      meeting.localParticipant.streamOf(kind)?.track.getSettings?.().deviceId ??
      (kind === "audio" ? meeting.selectedMicrophoneDevice : meeting.selectedCameraDevice)?.deviceId ??
      "";
    this.pickers = [
      new DevicePicker("videoinput", () => inUse("video"), (id) => {
        remember("camera", id);
        void meeting.changeWebcam(id);
      }),
      new DevicePicker("audioinput", () => inUse("audio"), (id) => {
        remember("microphone", id);
        void meeting.changeMic(id);
      }),
    ];
    this.view = element(
      "dialog",
      { class: "settings", "aria-label": "Devices" },
      element("h2", {}, "Devices"),
      ...this.pickers.map((picker) => picker.view),
      element("button", { class: "primary", onclick: () => this.view.close() }, "Done"),
    );
    // A click beside the dialog closes it.
    this.view.addEventListener("click", (event) => {
      if (event.target === this.view) this.view.close();
    });
    VideoSDK.on("device-changed", this.refresh);
  }

  open(): void {
    this.refresh();
    this.view.showModal();
  }

  close(): void {
    VideoSDK.off("device-changed", this.refresh);
    if (this.view.open) this.view.close();
  }

  private readonly refresh = (): void => {
    for (const picker of this.pickers) void picker.refresh();
  };
}
