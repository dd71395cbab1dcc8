// The signalling protocol of docs/signalling.md as closed unions. Nothing here runs, except the
// small reader at the end that turns a frame into a message or refuses it.

export type StreamKind = "audio" | "video" | "share" | "shareAudio";
export type Mode = "SEND_AND_RECV" | "RECV_ONLY" | "SIGNALLING_ONLY";
export type Quality = "low" | "med" | "high";

/** Why somebody left: codes 1001–1102, see `Constants.leaveReason`. */
export interface LeaveReason {
  code: number;
  message: string;
}

/** A stream as the server names it. */
export interface StreamInfo {
  streamId: string;
  kind: StreamKind;
}

/** A stream of this client's offer: which m-line carries which kind. */
export interface SentStream {
  kind: StreamKind;
  mid: string;
}

/** Which pictures of a participant are pinned for everybody. */
export interface PinState {
  cam: boolean;
  share: boolean;
}

export type EntryDecision = "allowed" | "denied";
export type RelayDecision = "accepted" | "declined";

export interface ParticipantInfo {
  participantId: string;
  displayName?: string | null;
  mode?: Mode | null;
  metaData?: unknown;
  streams?: StreamInfo[] | null;
  /** Absent: nothing is pinned. */
  pin?: PinState | null;
  /** The room whose participant this is; it is only relayed here. */
  relayedFrom?: string | null;
}

export interface PubSubMessageInfo {
  messageId: string;
  topic: string;
  message: unknown;
  payload?: unknown;
  senderId: string;
  senderName?: string | null;
  /** Milliseconds since 1970. */
  timestamp: number;
}

export type OutputKind = "recording" | "livestream" | "hls";
export type RecordingStatus =
  | "RECORDING_STARTING"
  | "RECORDING_STARTED"
  | "RECORDING_STOPPING"
  | "RECORDING_STOPPED";
export type LivestreamStatus =
  | "LIVESTREAM_STARTING"
  | "LIVESTREAM_STARTED"
  | "LIVESTREAM_STOPPING"
  | "LIVESTREAM_STOPPED";
export type HLSStatus = "HLS_STARTING" | "HLS_STARTED" | "HLS_PLAYABLE" | "HLS_STOPPING" | "HLS_STOPPED";
export type OutputStatus = RecordingStatus | LivestreamStatus | HLSStatus;

/** A recording, livestream or HLS, and how far it is. */
export interface OutputInfo {
  outputId: string;
  kind: OutputKind;
  status: OutputStatus;
  /** Since when it goes on, in milliseconds since 1970; absent before it does. */
  startedAt?: number | null;
  playbackHlsUrl?: string | null;
  livestreamUrl?: string | null;
  downstreamUrl?: string | null;
  /** Why it is over, if nobody asked for that. */
  error?: { code: number; name: string; message: string } | null;
}

/** How a recording or broadcast is to look; what is left out has a default. */
export interface OutputConfig {
  layout?: {
    type?: "GRID" | "SPOTLIGHT" | "SIDEBAR";
    priority?: "SPEAKER" | "PIN";
    /** 1 to 25. */
    gridSize?: number;
  };
  theme?: "DARK" | "LIGHT" | "DEFAULT";
  mode?: "video-and-audio" | "audio";
  /** 854×480, 1280×720 or 1920×1080. */
  quality?: "low" | "med" | "high";
  orientation?: "landscape" | "portrait";
  /** HLS and livestreams: keep a file as well. */
  recording?: { enabled?: boolean };
  /** A PNG, JPEG or WebP of at most 5 MB, in the upper right corner. */
  logo?: { url: string };
  /** A picture that fills the frame, or a colour (`#rrggbb`). */
  background?: { url?: string; color?: string };
}

/** Where a livestream goes. */
export interface LivestreamTarget {
  /** `rtmp://` or `rtmps://`. */
  url: string;
  streamKey: string;
}

export interface TranscriptionConfig {
  enabled?: boolean;
  language?: string;
  summary?: { enabled?: boolean; prompt?: string };
}

export interface JoinRequest {
  type: "join";
  token: string;
  meetingId: string;
  participantId?: string;
  name?: string;
  mode?: Mode;
  metaData?: unknown;
  offer?: string;
  streams?: SentStream[];
  client?: { sdk: string; version: string; userAgent: string };
}

/** What may be asked after joining; the answer of each is in `Replies`. */
export type Request =
  | { type: "offer"; sdp: string; reset: boolean; streams: SentStream[] }
  | { type: "stream-enable"; kind: StreamKind; mid: string }
  | { type: "stream-disable"; kind: StreamKind }
  | { type: "set-quality"; streamId: string; quality: Quality }
  | { type: "pause-stream"; streamId: string }
  | { type: "resume-stream"; streamId: string }
  | {
      type: "publish";
      topic: string;
      message: unknown;
      persist?: boolean;
      sendOnly?: string[];
      payload?: unknown;
    }
  | { type: "subscribe"; topic: string }
  | { type: "unsubscribe"; topic: string }
  | { type: "remove"; participantId: string }
  | { type: "respond-entry"; participantId: string; decision: EntryDecision }
  | { type: "request-media"; participantId: string; kind: "audio" | "video" }
  | { type: "disable-media"; participantId?: string; kind: "audio" | "video" | "share" }
  | { type: "pin"; participantId: string; cam?: boolean; share?: boolean }
  | { type: "unpin"; participantId: string; cam?: boolean; share?: boolean }
  | { type: "change-mode"; mode: Mode; participantId?: string }
  | { type: "switch"; meetingId: string; token?: string; offer?: string; streams?: SentStream[] }
  | {
      type: "relay-request";
      destinationMeetingId: string;
      token?: string;
      kinds?: StreamKind[];
    }
  | { type: "relay-respond"; meetingId: string; participantId: string; decision: RelayDecision }
  | { type: "relay-stop"; destinationMeetingId: string }
  | { type: "store-set"; key: string; value: string | null }
  | { type: "store-get"; key: string }
  | { type: "store-observe"; key: string }
  | { type: "store-unobserve"; key: string }
  | {
      type: "recording-start";
      webhookUrl?: string;
      awsDirPath?: string;
      config?: OutputConfig;
      transcription?: TranscriptionConfig;
      fileFormat?: "mp4" | "webm";
    }
  | { type: "recording-stop"; outputId?: string }
  | {
      type: "livestream-start";
      outputs: LivestreamTarget[];
      config?: OutputConfig;
      webhookUrl?: string;
      transcription?: TranscriptionConfig;
    }
  | { type: "livestream-stop"; outputId?: string }
  | {
      type: "hls-start";
      config?: OutputConfig;
      webhookUrl?: string;
      transcription?: TranscriptionConfig;
    }
  | { type: "hls-stop"; outputId?: string }
  | ({ type: "report" } & ClientReport)
  | { type: "leave" }
  | { type: "end" };

export type RequestType = Request["type"];

/** What only a client can see of its call. */
export interface ClientReport {
  /** From `join` to the first media, or to the meeting if there is none. */
  joinMilliseconds?: number;
  /** How often received pictures stood still, and for how long in all. */
  freezes?: number;
  freezeMilliseconds?: number;
  network?: "wifi" | "cellular" | "ethernet" | "unknown";
}

export interface Joined {
  type: "joined";
  id: number;
  meetingId: string;
  sessionId: string;
  participantId: string;
  resumeToken: string;
  mode: Mode;
  answer?: string | null;
  streams?: StreamInfo[] | null;
  participants?: ParticipantInfo[] | null;
  activeSpeakerId?: string | null;
  presenterId?: string | null;
  /** Recordings and broadcasts that go on, oldest first. */
  outputs?: OutputInfo[] | null;
}

interface Ok {
  type: "ok";
  id: number;
}

interface StoreValue {
  type: "store-value";
  id: number;
  key: string;
  value: string | null;
}

interface Output {
  type: "output";
  id: number;
  outputId: string;
}

/** The reply to each request. */
export interface Replies {
  offer: { type: "answer"; id: number; sdp: string };
  "stream-enable": { type: "stream"; id: number; streamId: string };
  "stream-disable": Ok;
  "set-quality": Ok;
  "pause-stream": Ok;
  "resume-stream": Ok;
  publish: { type: "published"; id: number; messageId: string; timestamp: number };
  subscribe: { type: "history"; id: number; topic: string; messages: PubSubMessageInfo[] };
  unsubscribe: Ok;
  remove: Ok;
  "respond-entry": Ok;
  "request-media": Ok;
  "disable-media": Ok;
  pin: Ok;
  unpin: Ok;
  "change-mode": Ok;
  switch: Joined;
  "relay-request": Ok;
  "relay-respond": Ok;
  "relay-stop": Ok;
  "store-set": Ok;
  "store-get": StoreValue;
  "store-observe": StoreValue;
  "store-unobserve": Ok;
  "recording-start": Output;
  "recording-stop": Ok;
  "livestream-start": Output;
  "livestream-stop": Ok;
  "hls-start": Output;
  "hls-stop": Ok;
  report: Ok;
  leave: Ok;
  end: Ok;
}

/** Instead of `joined`, for the time being: somebody inside must let this guest in. */
export interface Waiting {
  type: "waiting";
  id: number;
  participantId: string;
}

export type Reply = Joined | Waiting | { type: "resumed"; id: number; seq: number } | Replies[RequestType];

export interface ErrorMessage {
  type: "error";
  id?: number | null;
  seq?: number | null;
  code: number;
  name: string;
  message: string;
}

/** Events, each with its place `seq` in this participant's order. */
export type ServerEvent =
  | { type: "participant-joined"; seq: number; participant: ParticipantInfo }
  | { type: "participant-left"; seq: number; participantId: string; reason?: LeaveReason | null }
  | { type: "stream-enabled"; seq: number; participantId: string; stream: StreamInfo }
  | {
      type: "stream-disabled";
      seq: number;
      participantId: string;
      streamId: string;
      kind: StreamKind;
    }
  | { type: "stream-seated"; seq: number; streamId: string; mid: string }
  | { type: "stream-unseated"; seq: number; streamId: string; mid: string }
  | { type: "seats-needed"; seq: number; count: number }
  | { type: "media-reset"; seq: number }
  | { type: "speaker-changed"; seq: number; participantId?: string | null }
  | { type: "presenter-changed"; seq: number; participantId?: string | null }
  | { type: "entry-requested"; seq: number; participantId: string; name?: string | null }
  | {
      type: "entry-responded";
      seq: number;
      participantId: string;
      decision: EntryDecision;
      respondedBy?: string | null;
    }
  | { type: "entry-withdrawn"; seq: number; participantId: string }
  | { type: "media-requested"; seq: number; kind: "audio" | "video"; requestedBy: string }
  | {
      type: "media-disabled";
      seq: number;
      kind: "audio" | "video" | "share";
      disabledBy: string;
    }
  | { type: "pin-changed"; seq: number; participantId: string; state: PinState; pinnedBy: string }
  | { type: "participant-mode-changed"; seq: number; participantId: string; mode: Mode }
  | {
      type: "relay-requested";
      seq: number;
      participantId: string;
      meetingId: string;
      displayName?: string | null;
      kinds?: StreamKind[] | null;
    }
  | {
      type: "relay-responded";
      seq: number;
      meetingId: string;
      decision: RelayDecision;
      decidedBy?: string | null;
    }
  | { type: "relay-started"; seq: number; meetingId: string }
  | { type: "relay-stopped"; seq: number; meetingId: string; reason: string }
  | {
      type: "store-changed";
      seq: number;
      key: string;
      value?: string | null;
      updatedBy?: string | null;
    }
  | ({ type: "recording-state-changed"; seq: number } & Omit<OutputInfo, "kind">)
  | ({ type: "livestream-state-changed"; seq: number } & Omit<OutputInfo, "kind">)
  | ({ type: "hls-state-changed"; seq: number } & Omit<OutputInfo, "kind">)
  | { type: "pubsub"; seq: number; message: PubSubMessageInfo }
  | { type: "media-state"; seq: number; state: "connected" | "disconnected" }
  | { type: "meeting-left"; seq: number; reason?: LeaveReason | null };

/** What a guest hears while its join waits; its `joined` or its refusal follows. */
export interface EntryAnswer {
  type: "entry-responded";
  participantId: string;
  decision: EntryDecision;
}

export type ServerEventType = ServerEvent["type"];

/** Everything a server may send. */
export type ServerMessage = Reply | ServerEvent | EntryAnswer | ErrorMessage | { type: "pong" };

/** Everything a client may send; `id` is added by the signalling. */
export type ClientMessage =
  | ((JoinRequest | Request) & { id: number })
  | { type: "resume"; id: 0; resumeToken: string; seq: number }
  | { type: "ping" };

const EVENT_TYPES: Record<ServerEventType, true> = {
  "participant-joined": true,
  "participant-left": true,
  "stream-enabled": true,
  "stream-disabled": true,
  "stream-seated": true,
  "stream-unseated": true,
  "seats-needed": true,
  "media-reset": true,
  "speaker-changed": true,
  "presenter-changed": true,
  "entry-requested": true,
  "entry-responded": true,
  "entry-withdrawn": true,
  "media-requested": true,
  "media-disabled": true,
  "pin-changed": true,
  "participant-mode-changed": true,
  "relay-requested": true,
  "relay-responded": true,
  "relay-started": true,
  "relay-stopped": true,
  "store-changed": true,
  "recording-state-changed": true,
  "livestream-state-changed": true,
  "hls-state-changed": true,
  pubsub: true,
  "media-state": true,
  "meeting-left": true,
};

/** Reads one text frame; `null` for what is not a JSON object with a string `type`. */
export function readMessage(text: string): { type: string; id?: unknown; seq?: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
    const message = value as { type?: unknown };
    return typeof message.type === "string" ? (message as { type: string }) : null;
  } catch {
    return null;
  }
}

/** Whether a message is an event this client knows. */
export function isServerEvent(message: { type: string }): message is ServerEvent {
  return Object.prototype.hasOwnProperty.call(EVENT_TYPES, message.type);
}
