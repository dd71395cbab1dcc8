import { browser } from "./environment";
import { captureError, sdkError } from "./errors";

/** One input or output, as the browser lists it; `label` is empty before permission. */
export interface DeviceInfo {
  deviceId: string;
  groupId: string;
  kind: MediaDeviceKind;
  label: string;
}

export type PermissionKind = "audio" | "video" | "audio_video";

function devices(): MediaDevices {
  const found = browser.mediaDevices();
  if (!found) {
    throw sdkError(
      "ERROR_CAMERA_ACCESS_UNAVAILABLE",
      "Devices can be used on secure pages (https or localhost) only.",
    );
  }
  return found;
}

/** All devices, or those of one kind. */
export async function listDevices(kind?: MediaDeviceKind): Promise<DeviceInfo[]> {
  const found = await devices().enumerateDevices();
  return found
    .filter((device) => kind === undefined || device.kind === kind)
    .map(({ deviceId, groupId, kind, label }) => ({ deviceId, groupId, kind, label }));
}

/** Asks the person; the answer is by kind, `true` if allowed. Throws if there is no such device. */
export async function requestPermission(
  permission: PermissionKind = "audio_video",
): Promise<Map<string, boolean>> {
  const answer = new Map<string, boolean>();
  for (const kind of kinds(permission)) {
    try {
      const stream = await devices().getUserMedia({ [kind]: true });
      for (const track of stream.getTracks()) track.stop();
      answer.set(kind, true);
    } catch (error) {
      if ((error as { name?: unknown }).name !== "NotAllowedError") {
        throw captureError(kind === "video" ? "camera" : "microphone", error);
      }
      answer.set(kind, false);
    }
  }
  return answer;
}

/** Whether permission is given already, without asking. */
export async function checkPermissions(
  permission: PermissionKind = "audio_video",
): Promise<Map<string, boolean>> {
  const answer = new Map<string, boolean>();
  for (const kind of kinds(permission)) {
    const input = kind === "audio" ? "audioinput" : "videoinput";
    try {
      const name = (kind === "audio" ? "microphone" : "camera") as PermissionName;
      answer.set(kind, (await navigator.permissions.query({ name })).state === "granted");
    } catch {
      // Browsers without this permission name show labels only after permission.
      const found = await listDevices(input);
      answer.set(
        kind,
        found.some((device) => device.label !== ""),
      );
    }
  }
  return answer;
}

/** Calls back with all devices whenever one comes or goes; returns what stops it. */
export function watchDevices(changed: (devices: DeviceInfo[]) => void): () => void {
  const source = browser.mediaDevices();
  if (!source) return () => {};
  const listener = (): void => {
    listDevices().then(changed, () => {});
  };
  source.addEventListener("devicechange", listener);
  return () => source.removeEventListener("devicechange", listener);
}

function kinds(permission: PermissionKind): ("audio" | "video")[] {
  switch (permission) {
    case "audio":
      return ["audio"];
    case "video":
      return ["video"];
    case "audio_video":
      return ["audio", "video"];
    default:
      throw sdkError("ERROR_INVALID_PARAMETER", `Unknown permission: ${String(permission)}`);
  }
}
