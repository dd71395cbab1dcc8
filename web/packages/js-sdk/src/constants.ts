import { ERROR_CODES, ErrorName } from "./errors";

function named<T extends string>(...names: T[]): Readonly<Record<T, T>> {
  const values = {} as Record<T, T>;
  for (const name of names) values[name] = name;
  return Object.freeze(values);
}

function errors(): Readonly<Record<ErrorName, { code: number; name: ErrorName }>> {
  const values = {} as Record<ErrorName, { code: number; name: ErrorName }>;
  for (const name of Object.keys(ERROR_CODES) as ErrorName[]) {
    values[name] = Object.freeze({ code: ERROR_CODES[name], name });
  }
  return Object.freeze(values);
}

/** Names an application compares with; each name is its own value. */
export const Constants = Object.freeze({
  errors: errors(),
  modes: named("SEND_AND_RECV", "RECV_ONLY", "SIGNALLING_ONLY", "CONFERENCE", "VIEWER"),
  pinType: named("SHARE_AND_CAM", "CAM", "SHARE"),
  permission: Object.freeze({
    AUDIO: "audio",
    VIDEO: "video",
    AUDIO_AND_VIDEO: "audio_video",
  } as const),
  meetingState: named(
    "CONNECTING",
    "CONNECTED",
    "RECONNECTING",
    "DISCONNECTED",
    "FAILED",
    "CLOSING",
    "CLOSED",
  ),
  recordingEvents: named(
    "RECORDING_STARTING",
    "RECORDING_STARTED",
    "RECORDING_STOPPING",
    "RECORDING_STOPPED",
  ),
  livestreamEvents: named(
    "LIVESTREAM_STARTING",
    "LIVESTREAM_STARTED",
    "LIVESTREAM_STOPPING",
    "LIVESTREAM_STOPPED",
  ),
  hlsEvents: named("HLS_STARTING", "HLS_STARTED", "HLS_PLAYABLE", "HLS_STOPPING", "HLS_STOPPED"),
  leaveReason: Object.freeze({
    WEBSOCKET_DISCONNECTED: 1001,
    REMOVE_PEER: 1002,
    REMOVE_PEER_VIEWER_MODE_CHANGED: 1003,
    REMOVE_PEER_MEDIA_RELAY_STOP: 1004,
    SWITCH_ROOM: 1005,
    ROOM_CLOSE: 1006,
    UNKNOWN: 1007,
    MEETING_END_API: 1009,
    REMOVE_PEER_API: 1010,
    DUPLICATE_PARTICIPANT: 1011,
    MANUAL_LEAVE_CALLED: 1101,
    WEBSOCKET_CONNECTION_ATTEMPTS_EXHAUSTED: 1102,
    JOIN_ROOM_FAILED: 1103,
  } as const),
});

export type MeetingState = keyof typeof Constants.meetingState;
