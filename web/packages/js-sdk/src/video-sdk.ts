import { Constants } from "./constants";
import {
  checkPermissions,
  DeviceInfo,
  listDevices,
  PermissionKind,
  requestPermission,
  watchDevices,
} from "./devices";
import { Meeting } from "./meeting";
import { MeetingParameters, readOptions } from "./meeting-options";
import { resolveServerURL, signallingURL } from "./server-url";
import {
  CameraTrackOptions,
  createCameraVideoTrack,
  createMicrophoneAudioTrack,
  createScreenShareVideoTrack,
  MicrophoneTrackOptions,
  ScreenShareTrackOptions,
} from "./tracks";

type DevicesListener = (devices: DeviceInfo[]) => void;

let token = "";
let serverUrl: string | null = null;
let scriptAddress: string | null = null;
const watches = new Map<DevicesListener, () => void>();

/** @internal Where the script came from; set by the entry point that knows. */
export function cameFrom(address: string | null | undefined): void {
  scriptAddress = address ?? null;
}

/** The SDK's entry: settings, devices, tracks, and meetings. */
export class VideoSDK {
  static readonly Constants = Constants;

  /** Sets the token, and the server if it is not the one this script came from. */
  static config(newToken: string, options: { serverUrl?: string } = {}): void {
    token = newToken;
    serverUrl = options.serverUrl ?? serverUrl;
  }

  /** A meeting to join; its `localParticipant` and `pubSub` exist at once. */
  static initMeeting(parameters: MeetingParameters): Meeting {
    const options = readOptions(parameters, token);
    const base = resolveServerURL({
      explicit: parameters.serverUrl ?? serverUrl,
      global: (globalThis as { STOA_SERVER_URL?: unknown }).STOA_SERVER_URL,
      script: scriptAddress,
      page: typeof location === "undefined" ? null : location.href,
    });
    return new Meeting(options, signallingURL(base));
  }

  static getDevices(): Promise<DeviceInfo[]> {
    return listDevices();
  }

  static getCameras(): Promise<DeviceInfo[]> {
    return listDevices("videoinput");
  }

  static getMicrophones(): Promise<DeviceInfo[]> {
    return listDevices("audioinput");
  }

  static getPlaybackDevices(): Promise<DeviceInfo[]> {
    return listDevices("audiooutput");
  }

  static requestPermission(permission?: PermissionKind): Promise<Map<string, boolean>> {
    return requestPermission(permission);
  }

  static checkPermissions(permission?: PermissionKind): Promise<Map<string, boolean>> {
    return checkPermissions(permission);
  }

  static createCameraVideoTrack(options?: CameraTrackOptions): Promise<MediaStream> {
    return createCameraVideoTrack(options);
  }

  static createMicrophoneAudioTrack(options?: MicrophoneTrackOptions): Promise<MediaStream> {
    return createMicrophoneAudioTrack(options);
  }

  static createScreenShareVideoTrack(options?: ScreenShareTrackOptions): Promise<MediaStream> {
    return createScreenShareVideoTrack(options);
  }

  static on(event: "device-changed", listener: DevicesListener): void {
    if (event === "device-changed" && !watches.has(listener)) {
      watches.set(listener, watchDevices(listener));
    }
  }

  static off(event: "device-changed", listener: DevicesListener): void {
    if (event !== "device-changed") return;
    watches.get(listener)?.();
    watches.delete(listener);
  }
}
