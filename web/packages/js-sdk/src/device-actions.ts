import { Environment } from "./environment";
import { sdkError } from "./errors";
import { LocalMedia } from "./local-media";
import { listMicrophones, listWebcams, LocalSources, SelectableDevice } from "./local-sources";
import { Quality, StreamKind } from "./messages";
import { OutputActions } from "./output-actions";
import { createScreenShareVideoTrack } from "./tracks";

/** One's own microphone, camera and screen. */
export abstract class DeviceActions extends OutputActions {
  protected abstract readonly local: LocalMedia;
  protected abstract readonly sources: LocalSources;

  constructor(meetingId: string, base: string, protected readonly environment: Environment) {
    super(meetingId, base, environment);
  }

  /** Switches the microphone on, with the track given or the device chosen. */
  unmuteMic(stream?: MediaStream | null): Promise<void> {
    return this.action(() => this.local.start("audio", () => this.sources.microphone(stream)));
  }

  /** Switches the microphone off; it stays open for the next `unmuteMic`. */
  muteMic(): Promise<void> {
    return this.action(async () => {
      const track = this.local.stop("audio");
      if (track) this.sources.mute(track);
    });
  }

  enableWebcam(stream?: MediaStream | null): Promise<void> {
    return this.action(() => this.local.start("video", () => this.sources.camera(stream)));
  }

  disableWebcam(): Promise<void> {
    return this.action(async () => this.local.stop("video")?.stop());
  }

  /** Shares a screen, window or tab with its sound; call it from a click. */
  enableScreenShare(stream?: MediaStream | null): Promise<void> {
    return this.action(async () => {
      let sound: MediaStreamTrack | undefined;
      // Asked for inside `start`, so that a second click opens no second dialogue.
      await this.local.start("share", async () => {
        const captured = stream ?? (await createScreenShareVideoTrack({}, this.environment));
        const video = captured.getVideoTracks()[0];
        if (!video) throw sdkError("ERROR_GET_DISPLAY_MEDIA", "There is no picture to share.");
        sound = captured.getAudioTracks()[0];
        return video;
      });
      if (!sound) return;
      const shared = sound;
      if (this.local.track("share")) await this.local.start("shareAudio", async () => shared);
      else shared.stop(); // stopped meanwhile
    });
  }

  disableScreenShare(): Promise<void> {
    return this.action(async () => {
      this.local.stop("share")?.stop();
      this.local.stop("shareAudio")?.stop();
    });
  }

  /** Uses another microphone (by device id or as a stream), now or when it is switched on. */
  changeMic(choice: string | MediaStream): Promise<void> {
    return this.action(async () => {
      await this.sources.chooseMicrophone(choice);
      if (this.local.track("audio")) this.local.switch("audio", await this.sources.microphone());
    });
  }

  /** Uses another camera (by device id or as a stream), now or when it is switched on. */
  changeWebcam(choice: string | MediaStream): Promise<void> {
    return this.action(async () => {
      await this.sources.chooseCamera(choice);
      if (this.local.track("video")) this.local.switch("video", await this.sources.camera());
    });
  }

  getMics(): Promise<SelectableDevice[]> {
    return listMicrophones();
  }

  getWebcams(): Promise<SelectableDevice[]> {
    return listWebcams();
  }

  get selectedCameraDevice(): SelectableDevice | null {
    return this.sources.selectedCamera;
  }

  set selectedCameraDevice(device: SelectableDevice | null) {
    this.sources.selectedCamera = device;
  }

  get selectedMicrophoneDevice(): SelectableDevice | null {
    return this.sources.selectedMicrophone;
  }

  set selectedMicrophoneDevice(device: SelectableDevice | null) {
    this.sources.selectedMicrophone = device;
  }

  /** Largest size of the camera that is sent. */
  setWebcamQuality(quality: Quality): Promise<void> {
    return this.reported(this.setOwnQuality(quality));
  }

  protected abstract setOwnQuality(quality: Quality): Promise<void>;

  /** The device went away or the person stopped sharing in the browser's own bar. */
  protected localTrackEnded(kind: StreamKind): void {
    this.local.stop(kind)?.stop();
    switch (kind) {
      case "share":
        this.local.stop("shareAudio")?.stop();
        return;
      case "shareAudio":
        return;
      case "video":
        return this.emit("error", sdkError("ERROR_WEBCAM_TRACK_ENDED", "The camera stopped."));
      case "audio":
        return this.emit(
          "error",
          sdkError("ERROR_MICROPHONE_TRACK_ENDED", "The microphone stopped."),
        );
    }
  }

  /** The server stopped a stream of ours: its device is let go of. */
  protected localSilenced(kind: StreamKind): void {
    this.local.silenced(kind)?.stop();
    if (kind === "audio") this.sources.dropMuted();
    if (kind === "share") this.local.silenced("shareAudio")?.stop();
  }
}
