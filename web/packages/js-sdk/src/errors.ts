// Error codes of the public surface: 3xxx device or client, 4xxx refused by the server,
// 5xxx something that went on broke off.

/** Number of each error by its name. */
export const ERROR_CODES = {
  INVALID_API_KEY: 4001,
  INVALID_TOKEN: 4002,
  INVALID_MEETING_ID: 4003,
  INVALID_PARTICIPANT_ID: 4004,
  DUPLICATE_PARTICIPANT: 4005,
  INVALID_PERMISSIONS: 4008,
  MAX_PARTICIPANT_REACHED: 4009,
  START_RECORDING_FAILED: 4011,
  STOP_RECORDING_FAILED: 4012,
  START_LIVESTREAM_FAILED: 4013,
  STOP_LIVESTREAM_FAILED: 4014,
  INVALID_LIVESTREAM_CONFIG: 4015,
  START_HLS_FAILED: 4016,
  STOP_HLS_FAILED: 4017,
  PREV_RECORDING_PROCESSING: 4018,
  PREV_RTMP_RECORDING_PROCESSING: 4019,
  PREV_HLS_STREAMING_PROCESSING: 4020,
  MAX_RECORDING_LIMIT_REACHED_ON_ORGANIZATION: 4028,
  MAX_HLS_LIMIT_REACHED_ON_ORGANIZATION: 4029,
  MAX_LIVESTREAM_LIMIT_REACHED_ON_ORGANIZATION: 4030,
  REQUEST_MEDIA_RELAY_FAILED: 4078,
  NOT_PERMITTED: 4101,
  ENTRY_DENIED: 4102,
  NOT_FOUND: 4404,
  SLOW_CONSUMER: 4408,
  REPLACED: 4410,
  QUOTA_EXCEEDED: 4429,
  INTERNAL_ERROR: 4500,
  MEDIA_UNAVAILABLE: 4503,
  RECORDING_FAILED: 5001,
  LIVESTREAM_FAILED: 5002,
  HLS_FAILED: 5003,
  WEBSOCKET_CONNECTION_ATTEMPTS_EXHAUSTED: 1102,
  JOIN_ROOM_FAILED: 1103,
  ERROR_GET_VIDEO_MEDIA: 3011,
  ERROR_GET_AUDIO_MEDIA: 3012,
  ERROR_GET_DISPLAY_MEDIA: 3013,
  ERROR_GET_VIDEO_MEDIA_PERMISSION_DENIED: 3014,
  ERROR_GET_AUDIO_MEDIA_PERMISSION_DENIED: 3015,
  ERROR_GET_DISPLAY_MEDIA_PERMISSION_DENIED: 3016,
  ERROR_CAMERA_ACCESS_DENIED_OR_DISMISSED: 3017,
  ERROR_MICROPHONE_ACCESS_DENIED_OR_DISMISSED: 3018,
  ERROR_CAMERA_PERMISSION_DENIED_BY_OS: 3019,
  ERROR_MICROPHONE_PERMISSION_DENIED_BY_OS: 3020,
  ERROR_CAMERA_NOT_FOUND: 3021,
  ERROR_MICROPHONE_NOT_FOUND: 3022,
  ERROR_CAMERA_IN_USE: 3023,
  ERROR_MICROPHONE_IN_USE: 3024,
  ERROR_CAMERA_PERMISSION_OR_AUTOPLAY_ISSUE: 3025,
  ERROR_VIDEO_SOURCE_INITIATION_FAILED: 3026,
  ERROR_WEBCAM_TRACK_ENDED: 3027,
  ERROR_MICROPHONE_TRACK_ENDED: 3028,
  ERROR_INVALID_CUSTOM_VIDEO_TRACK: 3029,
  ERROR_INVALID_CUSTOM_AUDIO_TRACK: 3030,
  ERROR_CUSTOM_VIDEO_TRACK_ENDED: 3031,
  ERROR_CUSTOM_AUDIO_TRACK_ENDED: 3032,
  ERROR_CAMERA_ACCESS_UNAVAILABLE: 3033,
  ERROR_MICROPHONE_ACCESS_UNAVAILABLE: 3034,
  ERROR_ACTION_PERFORMED_BEFORE_MEETING_JOINED: 3035,
  ERROR_INVALID_PARAMETER: 3073,
  ERROR_OPERATION_TIMED_OUT: 3079,
} as const;

export type ErrorName = keyof typeof ERROR_CODES;

/** What `error` events carry and what promises reject with. */
export class VideoSDKError extends Error {
  readonly code: number;

  constructor(code: number, name: string, message: string) {
    super(message);
    this.code = code;
    this.name = name;
  }

  toJSON(): { code: number; name: string; message: string } {
    return { code: this.code, name: this.name, message: this.message };
  }
}

/** An error of the table above. */
export function sdkError(name: ErrorName, message: string): VideoSDKError {
  return new VideoSDKError(ERROR_CODES[name], name, message);
}

/** Any thrown value as an error of ours. */
export function asSDKError(reason: unknown): VideoSDKError {
  if (reason instanceof VideoSDKError) return reason;
  const text = reason instanceof Error ? reason.message : String(reason);
  return sdkError("INTERNAL_ERROR", text);
}

export type CaptureSource = "camera" | "microphone" | "screen";

/**
 * The error for a failed `getUserMedia` or `getDisplayMedia`.
 *
 * Browsers tell a refusal by the system apart only in the text ("Permission denied by system").
 */
export function captureError(source: CaptureSource, reason: unknown): VideoSDKError {
  const name = (reason as { name?: unknown } | null)?.name;
  const text = String((reason as { message?: unknown } | null)?.message ?? reason);
  if (source === "screen") {
    return name === "NotAllowedError" || name === "AbortError"
      ? sdkError("ERROR_GET_DISPLAY_MEDIA_PERMISSION_DENIED", "Screen sharing was not allowed.")
      : sdkError("ERROR_GET_DISPLAY_MEDIA", `The screen cannot be shared: ${text}`);
  }
  const camera = source === "camera";
  const label = camera ? "camera" : "microphone";
  switch (name) {
    case "NotAllowedError":
    case "PermissionDeniedError":
      if (/system/i.test(text)) {
        return sdkError(
          camera
            ? "ERROR_CAMERA_PERMISSION_DENIED_BY_OS"
            : "ERROR_MICROPHONE_PERMISSION_DENIED_BY_OS",
          `The operating system does not let this browser use the ${label}.`,
        );
      }
      return sdkError(
        camera
          ? "ERROR_CAMERA_ACCESS_DENIED_OR_DISMISSED"
          : "ERROR_MICROPHONE_ACCESS_DENIED_OR_DISMISSED",
        `Permission to use the ${label} was denied or dismissed.`,
      );
    case "NotFoundError":
    case "DevicesNotFoundError":
    case "OverconstrainedError":
      return sdkError(
        camera ? "ERROR_CAMERA_NOT_FOUND" : "ERROR_MICROPHONE_NOT_FOUND",
        `No ${label} was found.`,
      );
    case "NotReadableError":
    case "TrackStartError":
    case "AbortError":
      return sdkError(
        camera ? "ERROR_CAMERA_IN_USE" : "ERROR_MICROPHONE_IN_USE",
        `The ${label} is in use by another program or cannot be started.`,
      );
    case "SecurityError":
    case "TypeError":
      return sdkError(
        camera ? "ERROR_CAMERA_ACCESS_UNAVAILABLE" : "ERROR_MICROPHONE_ACCESS_UNAVAILABLE",
        `The ${label} can be used on secure pages (https or localhost) only.`,
      );
    default:
      return sdkError(
        camera ? "ERROR_GET_VIDEO_MEDIA" : "ERROR_GET_AUDIO_MEDIA",
        `The ${label} cannot be used: ${text}`,
      );
  }
}
