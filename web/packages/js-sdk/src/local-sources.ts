import { DeviceInfo, listDevices } from "./devices";
import { VideoEncoderConfig } from "./encoder-config";
import { Environment } from "./environment";
import { asSDKError, ErrorName, sdkError, VideoSDKError } from "./errors";
import { createCameraVideoTrack, createMicrophoneAudioTrack, profileOf } from "./tracks";

/** A camera or microphone to choose from. */
export interface SelectableDevice {
  deviceId: string;
  label: string;
  facingMode?: "front" | "environment";
}

/** Where the tracks of one's own microphone and camera come from. */
export class LocalSources {
  selectedCamera: SelectableDevice | null = null;
  selectedMicrophone: SelectableDevice | null = null;
  /** Given by the application, for the next time the camera is switched on. */
  nextCamera: MediaStream | null = null;
  nextMicrophone: MediaStream | null = null;
  /** A muted microphone stays open, so that unmuting is instant. */
  private muted: MediaStreamTrack | null = null;

  constructor(
    private readonly config: VideoEncoderConfig,
    private readonly environment: Environment,
    private readonly trouble: (error: VideoSDKError) => void,
  ) {}

  /** A track from what is given, what was chosen, the muted microphone, or the device. */
  async microphone(given?: MediaStream | null): Promise<MediaStreamTrack> {
    const custom = given ?? this.nextMicrophone;
    this.nextMicrophone = null;
    const muted = this.muted;
    this.muted = null;
    const track = this.usable(custom, custom?.getAudioTracks(), "ERROR_INVALID_CUSTOM_AUDIO_TRACK");
    if (track) {
      if (muted !== track) muted?.stop();
      track.enabled = true;
      this.selectedMicrophone = deviceOf(track) ?? this.selectedMicrophone;
      return track;
    }
    if (muted?.readyState === "live") {
      muted.enabled = true;
      return muted;
    }
    const stream = await withFallback(this.selectedMicrophone, (microphoneId) =>
      createMicrophoneAudioTrack(microphoneId ? { microphoneId } : {}, this.environment),
    );
    const opened = first(stream.getAudioTracks());
    this.selectedMicrophone = deviceOf(opened);
    return opened;
  }

  async camera(given?: MediaStream | null): Promise<MediaStreamTrack> {
    const custom = given ?? this.nextCamera;
    this.nextCamera = null;
    const track = this.usable(custom, custom?.getVideoTracks(), "ERROR_INVALID_CUSTOM_VIDEO_TRACK");
    if (track) {
      this.selectedCamera = deviceOf(track) ?? this.selectedCamera;
      return track;
    }
    const stream = await withFallback(this.selectedCamera, (cameraId) =>
      createCameraVideoTrack(cameraId ? { cameraId } : {}, this.config, this.environment),
    );
    const opened = first(stream.getVideoTracks());
    this.selectedCamera = deviceOf(opened);
    return opened;
  }

  mute(track: MediaStreamTrack): void {
    track.enabled = false;
    this.muted = track;
  }

  async chooseMicrophone(choice: string | MediaStream): Promise<void> {
    this.dropMuted();
    if (typeof choice === "string") {
      this.selectedMicrophone = await described(choice, "audioinput");
      this.nextMicrophone = null;
    } else {
      this.nextMicrophone = choice;
    }
  }

  async chooseCamera(choice: string | MediaStream): Promise<void> {
    if (typeof choice === "string") {
      this.selectedCamera = await described(choice, "videoinput");
      this.nextCamera = null;
    } else {
      this.nextCamera = choice;
    }
  }

  /** Lets go of everything that waits to be used. */
  close(): void {
    this.dropMuted();
    for (const stream of [this.nextCamera, this.nextMicrophone]) {
      for (const track of stream?.getTracks() ?? []) track.stop();
    }
    this.nextCamera = this.nextMicrophone = null;
  }

  /** A muted microphone does not stay open. */
  dropMuted(): void {
    this.muted?.stop();
    this.muted = null;
  }

  /** The first track of the application's stream, if it lives; otherwise the device is used. */
  private usable(
    custom: MediaStream | null,
    tracks: MediaStreamTrack[] | undefined,
    name: ErrorName,
  ): MediaStreamTrack | null {
    const track = tracks?.[0];
    if (track?.readyState === "live") return track;
    if (custom) this.trouble(sdkError(name, "The custom track has ended or is missing."));
    return null;
  }
}

export async function listMicrophones(): Promise<SelectableDevice[]> {
  return (await listDevices("audioinput")).map(({ deviceId, label }) => ({ deviceId, label }));
}

export async function listWebcams(): Promise<SelectableDevice[]> {
  return (await listDevices("videoinput")).map((device) => ({
    deviceId: device.deviceId,
    label: device.label,
    facingMode: facingMode(device),
  }));
}

function first(tracks: MediaStreamTrack[]): MediaStreamTrack {
  const track = tracks[0];
  if (!track) throw sdkError("ERROR_VIDEO_SOURCE_INITIATION_FAILED", "The device gave no track.");
  return track;
}

async function described(deviceId: string, kind: MediaDeviceKind): Promise<SelectableDevice> {
  const found = (await listDevices(kind)).find((device) => device.deviceId === deviceId);
  return { deviceId, label: found?.label ?? "" };
}

/** The device behind a track that this SDK opened; others may come from a canvas or a file. */
function deviceOf(track: MediaStreamTrack): SelectableDevice | null {
  const deviceId = profileOf(track) && track.getSettings?.().deviceId;
  return deviceId ? { deviceId, label: track.label } : null;
}

/** Opens the chosen device, or any if that one is gone. */
async function withFallback(
  device: SelectableDevice | null,
  open: (deviceId?: string) => Promise<MediaStream>,
): Promise<MediaStream> {
  if (!device) return open();
  try {
    return await open(device.deviceId);
  } catch (error) {
    const { code } = asSDKError(error);
    const gone = code === 3021 || code === 3022; // no such camera, no such microphone
    if (!gone) throw error;
    return open();
  }
}

function facingMode(device: DeviceInfo): "front" | "environment" {
  return /back|rear|environment/i.test(device.label) ? "environment" : "front";
}
