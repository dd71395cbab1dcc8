// What the REST API answers, as far as the dashboard reads it. Fields that a server may leave out
// are optional.

export interface PageInfo {
  currentPage: number;
  perPage: number;
  lastPage: number;
  total: number;
}

export interface Page<Element> {
  pageInfo: PageInfo;
  data: Element[];
}

export interface Timelog {
  start: string;
  end: string | null;
}

export interface Room {
  roomId: string;
  customRoomId: string | null;
  disabled: boolean;
  createdAt: string;
  updatedAt: string;
  webhook?: { endPoint?: string | null; events?: string[] };
  autoCloseConfig?: { type: string; duration: number };
  allowedParticipantIds?: string[];
}

export interface SessionParticipant {
  participantId: string;
  name: string;
  timelog: Timelog[];
}

export interface Session {
  id: string;
  roomId: string;
  customRoomId: string | null;
  start: string;
  end: string | null;
  participants: SessionParticipant[];
  chatLink: string | null;
  status: "ongoing" | "ended";
  endReason?: string | null;
}

export interface ActiveParticipant {
  participantId: string;
  events: { mic?: Timelog[]; webcam?: Timelog[]; screenShare?: Timelog[] };
}

export interface SessionEvent {
  sequence: number;
  type: string;
  time: string;
  data?: Record<string, unknown>;
}

/** What was measured in one interval; send and receive are the participant's. */
export interface Sample {
  time: string;
  recvAudioPacketLost?: number | null;
  recvVideoPacketLost?: number | null;
  sendAudioPacketLost?: number | null;
  sendVideoPacketLost?: number | null;
  averageAudioRtt?: number | null;
  averageVideoRtt?: number | null;
  averageAudioJitter?: number | null;
  averageVideoJitter?: number | null;
  averageSendAudioBitrate?: number | null;
  averageSendVideoBitrate?: number | null;
  averageRecvAudioBitrate?: number | null;
  averageRecvVideoBitrate?: number | null;
  qualityScore?: { audio: number | null; video: number | null };
}

export interface Stats {
  stats: Sample[];
  summary?: {
    joinMilliseconds?: number | null;
    reconnects?: number | null;
    freezes?: number | null;
    freezeMilliseconds?: number | null;
    audioScore?: number | null;
    videoScore?: number | null;
  };
}

/** A file of a recording. */
export interface OutputFile {
  id?: string;
  fileUrl?: string | null;
  filePath?: string | null;
  size?: number | null;
  type?: string | null;
  meta?: {
    /** Seconds. */
    duration?: number | null;
    format?: string | null;
    resolution?: { width?: number | null; height?: number | null } | null;
  } | null;
}

/** A recording of a room, a participant or a track, a livestream, or HLS. */
export interface Output {
  id: string;
  roomId: string;
  sessionId: string;
  status?: "starting" | "started" | "playable" | "stopping" | "stopped" | "failed";
  createdAt?: string | null;
  start?: string | null;
  end?: string | null;
  error?: { code?: number | null; message?: string | null } | null;
  participantId?: string | null;
  participantName?: string | null;
  /** Of a track: `audio`, `video`, `screen_audio`, `screen_video`. */
  kind?: string | null;
  file?: OutputFile | null;
  files?: OutputFile[] | null;
  /** Of a livestream: where it goes. */
  outputs?: { url: string }[] | null;
  /** Of HLS. */
  playbackHlsUrl?: string | null;
  downstreamUrl?: string | null;
  /** Of HLS; seconds. */
  duration?: number | null;
}

export interface LiveParticipant {
  participantId: string;
  name: string;
  mode: string;
  streams: string[];
  audioScore?: number | null;
  videoScore?: number | null;
  rtt?: number | null;
}

export interface LiveRoom {
  roomId: string;
  customRoomId: string | null;
  sessionId: string;
  start: string;
  participants: LiveParticipant[];
}

export interface Live {
  rooms: LiveRoom[];
  totals: { rooms: number; participants: number; sendBitrate?: number | null; recvBitrate?: number | null };
}

export interface Delivery {
  id: string | number;
  eventId: string;
  type: string;
  roomId: string;
  sessionId: string | null;
  sequence: number;
  endPoint: string;
  state: "waiting" | "delivered" | "dead";
  attempts: number;
  createdAt: string;
  nextAttemptAt: string | null;
  deliveredAt: string | null;
  lastStatus: number | null;
  lastError: string | null;
  body?: unknown;
}

export interface Key {
  key: string;
  name: string | null;
  tenantId: string;
  isAdmin: boolean;
  createdAt: string;
  revokedAt: string | null;
  lastUsedAt: string | null;
  /** In the answer to its creation, and never again. */
  secret?: string;
}

export interface Usage {
  sessions: number;
  participants: number;
  participantMinutes: number;
  peakParticipants: number;
  audioScore?: number | null;
  videoScore?: number | null;
  messages: number;
  days: { day: string; sessions: number; participantMinutes: number }[];
}

export interface AuditEntry {
  time: string;
  actor: string;
  action: string;
  target: string | null;
  detail: unknown;
}
