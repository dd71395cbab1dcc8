import { MeetingState } from "./constants";
import { VideoSDKError } from "./errors";
import {
  EntryDecision,
  HLSStatus,
  LeaveReason,
  LivestreamStatus,
  Mode,
  PinState,
  RecordingStatus,
  RelayDecision,
  StreamKind,
} from "./messages";
import type { HLSURLs } from "./outputs";
import type { Participant } from "./participant";

/** A guest who waits to be let in. */
export interface EntryRequest {
  participantId: string;
  name: string;
  allow(): Promise<void>;
  deny(): Promise<void>;
}

/** Somebody asks for one's microphone or camera; rejecting tells nobody. */
export interface MediaRequest {
  /** Who asks. */
  participantId: string;
  accept(): Promise<void>;
  reject(): Promise<void>;
}

/** A participant of another room wants its streams to be seen here. */
export interface MediaRelayRequest {
  participantId: string;
  /** The room it is in. */
  meetingId: string;
  displayName: string;
  kinds: StreamKind[];
  accept(): Promise<void>;
  reject(): Promise<void>;
}

export interface ModeChange {
  participantId: string;
  mode: Mode;
}

export interface MeetingEvents {
  "meeting-joined": [];
  "meeting-left": [reason: LeaveReason];
  "participant-joined": [participant: Participant];
  "participant-left": [participant: Participant, reason: LeaveReason | null];
  "participant-mode-changed": [change: ModeChange];
  /** The same under its other name. */
  "participant-mode-change": [change: ModeChange];
  "speaker-changed": [participantId: string | null];
  "presenter-changed": [participantId: string | null];
  "meeting-state-changed": [change: { state: MeetingState }];
  /** One's own `join` waits for somebody to let one in. */
  "entry-waiting": [guest: { participantId: string }];
  "entry-requested": [request: EntryRequest];
  /** A guest was let in or not; a guest hears it of itself. */
  "entry-responded": [participantId: string, decision: EntryDecision, respondedBy: string | null];
  /** A guest waits no longer: it went away. */
  "entry-withdrawn": [participantId: string];
  "mic-requested": [request: MediaRequest];
  "webcam-requested": [request: MediaRequest];
  /** A moderator switched off one's own stream; `stream-disabled` tells it too. */
  "media-disabled": [change: { kind: StreamKind; disabledBy: string }];
  "pin-state-changed": [change: { participantId: string; state: PinState; pinnedBy: string }];
  "media-relay-request-received": [request: MediaRelayRequest];
  "media-relay-request-response": [
    response: { meetingId: string; decision: RelayDecision; decidedBy: string },
  ];
  "media-relay-started": [relay: { meetingId: string }];
  "media-relay-stopped": [relay: { meetingId: string; reason: string }];
  "media-relay-error": [trouble: { meetingId: string; error: VideoSDKError }];
  "paused-all-streams": [streams: { kind: StreamKind | "all" }];
  "resumed-all-streams": [streams: { kind: StreamKind | "all" }];
  /** `outputId` tells several apart where a room allows them. */
  "recording-state-changed": [change: { status: RecordingStatus; outputId: string }];
  "livestream-state-changed": [change: { status: LivestreamStatus; outputId: string }];
  "hls-state-changed": [change: { status: HLSStatus; outputId: string } & HLSURLs];
  /** Two moments of the above, under older names. */
  "recording-started": [];
  "recording-stopped": [];
  "livestream-started": [];
  "livestream-stopped": [];
  "hls-started": [urls: HLSURLs];
  "hls-stopped": [];
  error: [error: VideoSDKError];
}
