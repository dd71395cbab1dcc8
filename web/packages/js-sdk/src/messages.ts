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

export interface ParticipantInfo {
  participantId: string;
  displayName?: string | null;
  mode?: Mode | null;
  metaData?: unknown;
  streams?: StreamInfo[] | null;
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
  | { type: "leave" }
  | { type: "end" };

export type RequestType = Request["type"];

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
}

interface Ok {
  type: "ok";
  id: number;
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
  leave: Ok;
  end: Ok;
}

export type Reply = Joined | { type: "resumed"; id: number; seq: number } | Replies[RequestType];

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
  | { type: "pubsub"; seq: number; message: PubSubMessageInfo }
  | { type: "media-state"; seq: number; state: "connected" | "disconnected" }
  | { type: "meeting-left"; seq: number; reason?: LeaveReason | null };

export type ServerEventType = ServerEvent["type"];

/** Everything a server may send. */
export type ServerMessage = Reply | ServerEvent | ErrorMessage | { type: "pong" };

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
