import { Emitter } from "./emitter";
import { Environment } from "./environment";
import { asSDKError, sdkError, VideoSDKError } from "./errors";
import { FileAddress, Files, FileUpload } from "./files";
import { MeetingEvents } from "./meeting-events";
import {
  PinState,
  RelayDecision,
  Replies,
  Request,
  RequestType,
  ServerEvent,
  StreamKind,
} from "./messages";
import { RealtimeStore } from "./realtime-store";

export interface MediaRelayParameters {
  destinationMeetingId: string;
  /** For the other room; without it the one joined with counts. */
  token?: string;
  kinds?: (StreamKind | "share_audio")[];
}

type EventOf<Type extends ServerEvent["type"]> = Extract<ServerEvent, { type: Type }>;

export type RoomEvent = EventOf<
  | "entry-requested"
  | "entry-responded"
  | "entry-withdrawn"
  | "media-requested"
  | "relay-requested"
  | "relay-responded"
  | "relay-started"
  | "relay-stopped"
  | "store-changed"
>;

/** What a participant asks of the room and hears from it, apart from media and people. */
export abstract class RoomActions extends Emitter<MeetingEvents> {
  /** Another one after `switchTo`. */
  id: string;
  /** Participants with something pinned, by id. */
  readonly pinnedParticipants = new Map<string, PinState>();
  readonly realtimeStore: RealtimeStore;
  protected hasJoined = false;
  private readonly files: Files;

  constructor(meetingId: string, base: string, environment: Environment) {
    super();
    this.id = meetingId;
    this.files = new Files(base, environment);
    this.realtimeStore = new RealtimeStore({
      request: <Type extends RequestType>(request: Request & { type: Type }) =>
        this.request<Type>(request),
    });
  }

  protected abstract request<Type extends RequestType>(
    request: Request & { type: Type },
  ): Promise<Replies[Type]>;

  abstract unmuteMic(): Promise<void>;
  abstract enableWebcam(): Promise<void>;

  /** Ends the meeting for everyone; needs the permission `allow_mod`. */
  end(): Promise<void> {
    return this.action(() => this.request({ type: "end" }));
  }

  /** Lets a waiting guest in or not; needs the permission `allow_join`. */
  respondEntry(participantId: string, allowed: boolean): Promise<void> {
    const decision = allowed ? "allowed" : "denied";
    return this.action(() => this.request({ type: "respond-entry", participantId, decision }));
  }

  /** Switches off everybody's microphone but one's own; needs the permission `allow_mod`. */
  disableAllMics(): Promise<void> {
    return this.action(() => this.request({ type: "disable-media", kind: "audio" }));
  }

  /** Asks the moderators of another room to show one's streams there. */
  requestMediaRelay(parameters: MediaRelayParameters): Promise<void> {
    const { destinationMeetingId, token, kinds } = parameters ?? {};
    return this.action(async () => {
      if (typeof destinationMeetingId !== "string" || destinationMeetingId === "") {
        throw sdkError("ERROR_INVALID_PARAMETER", "A relay needs a destinationMeetingId.");
      }
      try {
        await this.request({
          type: "relay-request",
          destinationMeetingId,
          ...(token ? { token } : {}),
          ...(kinds ? { kinds: kinds.map(ownKind) } : {}),
        });
      } catch (reason) {
        const error = asSDKError(reason);
        this.emit("media-relay-error", { meetingId: destinationMeetingId, error });
        throw error;
      }
    });
  }

  stopMediaRelay(destinationMeetingId: string): Promise<void> {
    return this.action(() => this.request({ type: "relay-stop", destinationMeetingId }));
  }

  /** Keeps a file for the session and resolves to its address. */
  uploadBase64File(file: FileUpload): Promise<string> {
    return this.reported(this.files.upload(this.id, file ?? {}));
  }

  /** Resolves to the content of an uploaded file as base64. */
  fetchBase64File(address: FileAddress): Promise<string> {
    return this.reported(this.files.fetch(address ?? {}));
  }

  protected heard(event: RoomEvent): void {
    switch (event.type) {
      case "entry-requested": {
        const { participantId } = event;
        return this.emit("entry-requested", {
          participantId,
          name: event.name ?? "",
          allow: () => this.respondEntry(participantId, true),
          deny: () => this.respondEntry(participantId, false),
        });
      }
      case "entry-responded": {
        const { participantId, decision, respondedBy } = event;
        return this.emit("entry-responded", participantId, decision, respondedBy ?? null);
      }
      case "entry-withdrawn":
        return this.emit("entry-withdrawn", event.participantId);
      case "media-requested": {
        const isMic = event.kind === "audio";
        return this.emit(isMic ? "mic-requested" : "webcam-requested", {
          participantId: event.requestedBy,
          accept: () => (isMic ? this.unmuteMic() : this.enableWebcam()),
          reject: () => Promise.resolve(),
        });
      }
      case "relay-requested":
        return this.relayRequested(event);
      case "relay-responded": {
        const { meetingId, decision, decidedBy } = event;
        return this.emit("media-relay-request-response", {
          meetingId,
          decision,
          decidedBy: decidedBy ?? "",
        });
      }
      case "relay-started":
        return this.emit("media-relay-started", { meetingId: event.meetingId });
      case "relay-stopped": {
        const { meetingId, reason } = event;
        if (reason === "failed") {
          const error = sdkError("REQUEST_MEDIA_RELAY_FAILED", "The relay broke off.");
          this.emit("media-relay-error", { meetingId, error });
        }
        return this.emit("media-relay-stopped", { meetingId, reason });
      }
      case "store-changed":
        return this.realtimeStore.changed(event.key, event.value ?? null, event.updatedBy ?? null);
    }
  }

  private relayRequested(event: EventOf<"relay-requested">): void {
    const { participantId, meetingId } = event;
    const respond = (decision: RelayDecision): Promise<void> =>
      this.action(() =>
        this.request({ type: "relay-respond", meetingId, participantId, decision }),
      );
    this.emit("media-relay-request-received", {
      participantId,
      meetingId,
      displayName: event.displayName ?? "",
      kinds: event.kinds ?? [],
      accept: () => respond("accepted"),
      reject: () => respond("declined"),
    });
  }

  /** Does what needs a joined meeting. */
  protected action(work: () => Promise<unknown>): Promise<void> {
    if (!this.hasJoined) {
      const error = sdkError(
        "ERROR_ACTION_PERFORMED_BEFORE_MEETING_JOINED",
        "The meeting is not joined (yet).",
      );
      this.emit("error", error);
      return quiet(Promise.reject(error));
    }
    return this.reported(work().then(() => {}));
  }

  /** Errors go out as events too, for applications that ignore promises. */
  protected reported<Value>(work: Promise<Value>): Promise<Value> {
    return quiet(
      work.catch((reason: unknown): never => {
        const error: VideoSDKError = asSDKError(reason);
        this.emit("error", error);
        throw error;
      }),
    );
  }
}

/** A rejection nobody waits for is no unhandled one. */
export function quiet<Value>(work: Promise<Value>): Promise<Value> {
  work.catch(() => {});
  return work;
}

function ownKind(kind: StreamKind | "share_audio"): StreamKind {
  return kind === "share_audio" ? "shareAudio" : kind;
}
