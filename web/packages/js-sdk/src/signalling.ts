import { Connection, DEFAULT_TIMINGS, Timings } from "./connection";
import { sdkError, VideoSDKError } from "./errors";
import {
  EntryAnswer,
  ErrorMessage,
  isServerEvent,
  Joined,
  JoinRequest,
  LeaveReason,
  Replies,
  Request,
  RequestType,
  ServerEvent,
  Waiting,
} from "./messages";
import { RequestQueue } from "./requests";

export interface SignallingDelegate {
  /** Prepares a join while the socket opens; the result makes it when it is to be sent. */
  prepareJoin(): Promise<() => JoinRequest>;
  /** Somebody inside has to let us in; `joined` follows, or the refusal. */
  waiting(participantId: string): void;
  /** We were let in or not; what follows from it comes next. */
  entryAnswered(answer: EntryAnswer): void;
  /** `switch` was granted: what comes from now on is of the other room. */
  switched(reply: Joined): void;
  /** The server let us in; `again` after a lost session. Requests go out when it returns. */
  joined(reply: Joined, again: boolean): void;
  event(event: ServerEvent): void;
  /** An error that answers no request. */
  serverError(error: VideoSDKError): void;
  /** The connection was lost (`false`) or is back (`true`). */
  connectionChanged(connected: boolean): void;
  /** The last call: refused, removed or left. */
  ended(reason: LeaveReason, error: VideoSDKError | null): void;
}

type Phase = "idle" | "joining" | "live" | "resuming" | "rejoining" | "closed";

/** The join's number; requests go on from it. */
const JOIN_ID = 1;
const RESUME_ID = 0;
/** Refusals that pass: asked again after a while. */
const TRANSIENT_ERRORS: ReadonlySet<number> = new Set([4500, 4503]);
/** DUPLICATE_PARTICIPANT and REPLACED: somebody else is this participant now. */
const ENDING_ERRORS: ReadonlySet<number> = new Set([4005, 4410]);
/** Close codes that blame what we sent. */
const BLAMING_CLOSES: ReadonlySet<number> = new Set([1003, 1007, 1008, 1009]);

/**
 * One participant's signalling through any number of WebSockets.
 *
 *     idle ─join─▶ joining ─joined─▶ live ◀─resumed─ resuming ◀── socket lost
 *                     │               ▲                 │ RESUME_EXPIRED
 *                     ▼ refused       └──── joined ── rejoining
 *                   closed ◀── leave, meeting-left, refused
 *
 * The first join gives up after a few attempts; afterwards, and once a guest waits to be let in,
 * it never does.
 */
export class Signalling {
  private phase: Phase = "idle";
  private connection: Connection | null = null;
  private attempt = 0;
  private liveSince = 0;
  /** A guest was told to wait: a lost connection is no reason to give up. */
  private isGuest = false;
  private redial: ReturnType<typeof setTimeout> | null = null;
  private resumeToken = "";
  private lastSequence = 0;
  /** Where the last gap was seen: a second one there means the server cannot fill it. */
  private gapAt = -1;
  private lastError: VideoSDKError | null = null;
  private readonly requests: RequestQueue;

  constructor(
    private readonly url: string,
    private readonly openSocket: (url: string) => WebSocket,
    private readonly delegate: SignallingDelegate,
    private readonly timings: Timings = DEFAULT_TIMINGS,
  ) {
    this.requests = new RequestQueue((message) => {
      if (this.phase !== "live" || !this.connection?.isOpen) return false;
      this.connection.send(message);
      return true;
    });
  }

  get isLive(): boolean {
    return this.phase === "live";
  }

  join(): void {
    if (this.phase !== "idle") return;
    this.phase = "joining";
    globalThis.addEventListener?.("online", this.online);
    this.dial();
  }

  /** Asks the server; waits through lost connections. */
  request<Type extends RequestType>(request: Request & { type: Type }): Promise<Replies[Type]> {
    if (this.phase === "closed" || this.phase === "idle") {
      return Promise.reject(
        sdkError("ERROR_ACTION_PERFORMED_BEFORE_MEETING_JOINED", "The meeting is not joined."),
      );
    }
    return this.requests.ask<Type>(request);
  }

  /** Leaves: tells the server if there is a connection, and ends either way. */
  leave(): void {
    if (this.phase === "closed") return;
    const reason = { code: 1101, message: "MANUAL_LEAVE_CALLED" };
    if (this.phase !== "live") return this.finish(reason, null);
    const connection = this.connection;
    this.requests.askAtOnce({ type: "leave" });
    this.connection = null; // what still comes is of no interest, but `leave` must get out
    this.finish(reason, null);
    setTimeout(() => connection?.close(), this.timings.leave);
  }

  private dial(): void {
    const backoff = this.timings.backoff;
    const base = backoff[Math.min(this.attempt, backoff.length - 1)] ?? 0;
    this.attempt += 1;
    const delay = base * (0.85 + 0.3 * Math.random()); // many clients lose one server at once
    this.redial = setTimeout(() => this.connect(), delay);
  }

  private connect(): void {
    this.redial = null;
    let socket: WebSocket;
    try {
      socket = this.openSocket(this.url);
    } catch (error) {
      this.finish(
        { code: 1103, message: "JOIN_ROOM_FAILED" },
        sdkError("ERROR_INVALID_PARAMETER", `Cannot connect to ${this.url}: ${String(error)}`),
      );
      return;
    }
    const joining = this.phase === "joining" || this.phase === "rejoining";
    const request = joining ? this.delegate.prepareJoin() : null;
    request?.catch(() => {}); // reported below, when the socket is open
    const connection: Connection = new Connection(socket, this.timings, {
      opened: () => {
        if (request) void this.sendJoin(connection, request);
        else this.sendResume(connection);
      },
      received: (message) => {
        if (connection === this.connection) this.received(message);
      },
      lost: (code, reason) => {
        if (connection === this.connection) this.lost(code, reason);
      },
    });
    this.connection = connection;
  }

  private async sendJoin(
    connection: Connection,
    request: Promise<() => JoinRequest>,
  ): Promise<void> {
    let join: () => JoinRequest;
    try {
      join = await request;
    } catch (error) {
      if (connection !== this.connection) return;
      this.finish(
        { code: 1103, message: "JOIN_ROOM_FAILED" },
        sdkError("INTERNAL_ERROR", `The browser could not prepare a call: ${String(error)}`),
      );
      return;
    }
    if (connection === this.connection) connection.send({ ...join(), id: JOIN_ID });
  }

  private sendResume(connection: Connection): void {
    const { resumeToken, lastSequence: seq } = this;
    connection.send({ type: "resume", id: RESUME_ID, resumeToken, seq });
  }

  private received(message: { type: string; id?: unknown; seq?: unknown }): void {
    if (message.type === "error") return this.receivedError(message as ErrorMessage);
    const entering = this.phase === "joining" || this.phase === "rejoining";
    if (entering && message.type === "entry-responded") {
      return this.delegate.entryAnswered(message as EntryAnswer);
    }
    if (isServerEvent(message)) return this.receivedEvent(message);
    switch (this.phase) {
      case "joining":
      case "rejoining":
        if (message.type === "joined") this.entered(message as Joined);
        else if (message.type === "waiting") this.toldToWait(message as Waiting);
        return;
      case "resuming":
        if (message.type === "resumed") this.live(false);
        return;
      case "live":
        if (typeof message.id !== "number" || !this.requests.isAsked(message.id)) return;
        if (message.type === "joined") this.moved(message as Joined);
        this.requests.answered(message.id, message);
        return;
      case "idle":
      case "closed":
        return;
    }
  }

  private toldToWait({ participantId }: Waiting): void {
    this.isGuest = true;
    this.attempt = 0;
    this.delegate.waiting(participantId);
  }

  private moved(reply: Joined): void {
    this.begin(reply);
    this.delegate.switched(reply);
  }

  /** Events of a room are numbered from 1. */
  private begin(reply: Joined): void {
    this.resumeToken = reply.resumeToken;
    this.lastSequence = 0;
    this.gapAt = -1;
  }

  private entered(reply: Joined): void {
    const again = this.phase === "rejoining";
    this.begin(reply);
    this.delegate.joined(reply, again);
    this.live(true, again);
  }

  /** From here requests and events flow. */
  private live(restart: boolean, again = true): void {
    this.phase = "live";
    this.liveSince = Date.now();
    this.lastError = null;
    if (again) this.delegate.connectionChanged(true);
    if (restart) this.requests.restart();
    else this.requests.repeat();
  }

  private receivedEvent(event: ServerEvent): void {
    if (this.phase !== "live") return;
    // A repeated event was seen before the connection was lost.
    if (typeof event.seq !== "number" || event.seq <= this.lastSequence) return;
    if (event.seq !== this.lastSequence + 1) return this.gap();
    this.lastSequence = event.seq;
    if (event.type !== "meeting-left") return this.delegate.event(event);
    const reason = event.reason ?? { code: 1007, message: "UNKNOWN" };
    const duplicate = reason.code === 1011;
    this.finish(
      reason,
      duplicate
        ? sdkError("DUPLICATE_PARTICIPANT", "This participant joined from somewhere else.")
        : null,
    );
  }

  private gap(): void {
    const again = this.gapAt === this.lastSequence;
    this.gapAt = this.lastSequence;
    this.dropConnection(1000);
    if (again) this.rejoin();
    else this.lost(0, "events are missing");
  }

  private receivedError(message: ErrorMessage): void {
    const error = new VideoSDKError(
      Number(message.code) || 4500,
      String(message.name ?? "INTERNAL_ERROR"),
      String(message.message ?? ""),
    );
    const isAnswer = typeof message.id === "number";
    if (this.phase === "resuming") {
      this.dropConnection(1000);
      return this.rejoin();
    }
    if (this.phase === "joining" || this.phase === "rejoining") {
      this.dropConnection(1000);
      this.lastError = error;
      if (TRANSIENT_ERRORS.has(error.code)) return this.tryAgain();
      return this.finish({ code: 1103, message: "JOIN_ROOM_FAILED" }, error);
    }
    if (isAnswer && this.requests.refused(message.id as number, error)) return;
    if (typeof message.seq === "number") {
      if (message.seq <= this.lastSequence) return;
      if (message.seq !== this.lastSequence + 1) return this.gap();
      this.lastSequence = message.seq;
    }
    this.lastError = error;
    // Those that end the session are told with its end, which follows.
    if (!ENDING_ERRORS.has(error.code)) this.delegate.serverError(error);
  }

  private lost(code: number, reason: string): void {
    this.connection = null;
    if (this.phase === "closed") return;
    if (this.phase === "live") {
      // A connection that breaks as soon as it is there must not be tried in a tight loop.
      if (Date.now() - this.liveSince >= this.timings.stable) this.attempt = 0;
      if (ENDING_ERRORS.has(code)) {
        const error = this.lastError ?? sdkError("REPLACED", reason || "Resumed elsewhere.");
        return this.finish({ code: 1011, message: "DUPLICATE_PARTICIPANT" }, error);
      }
      if (BLAMING_CLOSES.has(code)) this.requests.abandonAsked();
      this.phase = "resuming";
      this.delegate.connectionChanged(false);
    }
    this.tryAgain();
  }

  /** The server no longer has our session: come in anew with the same participant id. */
  private rejoin(): void {
    if (this.phase === "live") this.delegate.connectionChanged(false);
    this.phase = "rejoining";
    this.tryAgain();
  }

  private tryAgain(): void {
    const mayFail = this.phase === "joining" && !this.isGuest;
    if (mayFail && this.attempt >= this.timings.joinAttempts) {
      const error =
        this.lastError ??
        sdkError("WEBSOCKET_CONNECTION_ATTEMPTS_EXHAUSTED", "The server cannot be reached.");
      return this.finish({ code: 1102, message: "WEBSOCKET_CONNECTION_ATTEMPTS_EXHAUSTED" }, error);
    }
    this.dial();
  }

  /** The network is back or another one: no reason to wait out the backoff or the silence. */
  private readonly online = (): void => {
    if (this.redial === null) return this.connection?.probe();
    clearTimeout(this.redial);
    this.attempt = 0;
    this.dial();
  };

  private dropConnection(code: number): void {
    this.connection?.close(code);
    this.connection = null;
  }

  private finish(reason: LeaveReason, error: VideoSDKError | null): void {
    if (this.phase === "closed") return;
    this.phase = "closed";
    if (this.redial !== null) clearTimeout(this.redial);
    globalThis.removeEventListener?.("online", this.online);
    this.dropConnection(1000);
    this.requests.close(error ?? sdkError("ERROR_OPERATION_TIMED_OUT", "The meeting was left."));
    this.delegate.ended(reason, error);
  }
}
