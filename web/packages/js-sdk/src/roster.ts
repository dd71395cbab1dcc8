import { codecName } from "./local-media";
import { LeaveReason, Mode, ParticipantInfo, StreamInfo, StreamKind } from "./messages";
import { Participant, ParticipantControl } from "./participant";
import { Seats } from "./seats";
import { Stream } from "./stream";

export interface RosterHost extends ParticipantControl {
  receiver(mid: string): RTCRtpReceiver | null;
  setPaused(streamId: string, paused: boolean): Promise<void>;
  joined(participant: Participant): void;
  left(participant: Participant, reason: LeaveReason | null): void;
}

/** Milliseconds in which the server fills the seats of a new connection. */
const RESEATING_TIME = 3_000;

/**
 * The other participants and their streams.
 *
 * A stream is opened when it is both announced and seated, in either order, and closed when one of
 * the two ends.
 */
export class Roster {
  readonly participants = new Map<string, Participant>();
  private readonly seats = new Seats();
  /** Seated before the media connection was made anew, not heard of since. */
  private readonly stale = new Set<string>();
  private readonly pausedKinds = new Set<StreamKind>();
  private sweeper: ReturnType<typeof setTimeout> | null = null;
  private readonly owners = new Map<string, { owner: Participant; kind: StreamKind }>();

  constructor(private readonly host: RosterHost) {}

  /** Who is there, after a join: tells the differences to what was known. */
  replaceAll(infos: ParticipantInfo[], selfId: string): void {
    this.closeAllStreams();
    const present = new Set(infos.map((info) => info.participantId));
    for (const id of [...this.participants.keys()]) {
      if (!present.has(id)) this.left(id, { code: 1007, message: "UNKNOWN" });
    }
    for (const info of infos) if (info.participantId !== selfId) this.joined(info);
  }

  joined(info: ParticipantInfo): void {
    const known = this.participants.get(info.participantId);
    const mode: Mode = info.mode ?? "SEND_AND_RECV";
    const participant =
      known ??
      new Participant(
        info.participantId,
        info.displayName ?? "",
        false,
        mode,
        info.metaData ?? {},
        this.host,
        info.relayedFrom ?? null,
      );
    participant.displayName = info.displayName ?? participant.displayName;
    participant.mode = mode;
    participant.metaData = info.metaData ?? {};
    participant.pinState = info.pin ?? { cam: false, share: false };
    const streams = info.streams ?? [];
    if (!known) {
      this.participants.set(info.participantId, participant);
      for (const { streamId, kind } of streams) participant.switched(streamId, kind, true);
      this.host.joined(participant);
    }
    for (const stream of streams) this.enabled(info.participantId, stream);
  }

  left(participantId: string, reason: LeaveReason | null): void {
    const participant = this.participants.get(participantId);
    if (!participant) return;
    for (const [streamId, kind] of [...participant.announced()]) {
      this.disabled(participantId, streamId, kind);
    }
    participant.forget();
    this.participants.delete(participantId);
    this.host.left(participant, reason);
  }

  enabled(participantId: string, { streamId, kind }: StreamInfo): void {
    const owner = this.participants.get(participantId);
    if (!owner) return;
    this.owners.set(streamId, { owner, kind });
    owner.switched(streamId, kind, true);
    this.open(streamId);
  }

  disabled(participantId: string, streamId: string, kind: StreamKind): void {
    const mid = this.seats.mid(streamId);
    this.close(streamId);
    if (mid !== null) this.seats.unseat(streamId, mid);
    this.owners.delete(streamId);
    this.participants.get(participantId)?.switched(streamId, kind, false);
  }

  seated(streamId: string, mid: string): void {
    this.stale.delete(streamId);
    if (this.seats.mid(streamId) !== mid) this.close(streamId);
    const displaced = this.seats.seat(streamId, mid);
    if (displaced !== null) this.close(displaced);
    this.open(streamId);
  }

  unseated(streamId: string, mid: string): void {
    if (this.seats.unseat(streamId, mid)) this.close(streamId);
  }

  /** A new media connection is offered: its seats are empty until the server fills them. */
  renewing(): void {
    this.stopSweeping();
    for (const streamId of this.owners.keys()) {
      if (this.seats.mid(streamId) !== null) this.stale.add(streamId);
    }
  }

  /**
   * The receivers are new: every open stream gets its new track, told as off and on.
   *
   * Most streams come back to the seats they had, so they are taken off only if they did not.
   */
  renewed(): void {
    this.stopSweeping();
    this.sweeper = setTimeout(() => this.sweep(), RESEATING_TIME);
    for (const [streamId, { owner }] of this.owners) {
      const stream = owner.streams.get(streamId);
      const mid = this.seats.mid(streamId);
      const track = mid === null ? undefined : this.host.receiver(mid)?.track;
      if (!stream || !track || stream.track === track) continue;
      owner.closed(stream);
      stream.track = track;
      owner.opened(stream);
    }
  }

  private sweep(): void {
    for (const streamId of this.stale) {
      const mid = this.seats.mid(streamId);
      if (mid !== null) this.unseated(streamId, mid);
    }
    this.stale.clear();
  }

  private stopSweeping(): void {
    if (this.sweeper !== null) clearTimeout(this.sweeper);
    this.sweeper = null;
  }

  /** There is no media connection any more, or one with other m-lines: nobody is seated. */
  unseatAll(): void {
    this.stopSweeping();
    for (const streamId of this.owners.keys()) this.close(streamId);
    this.seats.clear();
    this.stale.clear();
  }

  /** We are in another room: the people of this one are left behind. */
  leaveAll(reason: LeaveReason): void {
    for (const id of [...this.participants.keys()]) this.left(id, reason);
    this.closeAllStreams();
  }

  /** Pauses or resumes what is received of these kinds, and what will be. */
  async setKindsPaused(kinds: readonly StreamKind[], paused: boolean): Promise<void> {
    for (const kind of kinds) {
      if (paused) this.pausedKinds.add(kind);
      else this.pausedKinds.delete(kind);
    }
    const streams = [...this.participants.values()].flatMap((one) => [...one.streams.values()]);
    const concerned = streams.filter((one) => kinds.includes(one.kind));
    await Promise.all(concerned.map((one) => (paused ? one.pause() : one.resume())));
  }

  /** The receiver of a participant's stream. */
  receiverOf(participant: Participant, kind: StreamKind): RTCRtpReceiver | null {
    const stream = participant.streamOf(kind);
    const mid = stream && this.seats.mid(stream.id);
    return mid ? this.host.receiver(mid) : null;
  }

  /** Everybody is gone: we left. */
  clear(): void {
    this.closeAllStreams();
    for (const participant of this.participants.values()) participant.forget();
    this.participants.clear();
  }

  private closeAllStreams(): void {
    for (const [streamId, { owner, kind }] of [...this.owners]) {
      this.disabled(owner.id, streamId, kind);
    }
    this.seats.clear();
    this.stale.clear();
    this.stopSweeping();
  }

  private open(streamId: string): void {
    const known = this.owners.get(streamId);
    const mid = this.seats.mid(streamId);
    if (!known || mid === null || known.owner.streams.has(streamId)) return;
    const track = this.host.receiver(mid)?.track;
    if (!track) return;
    const stream: Stream = new Stream(streamId, known.kind, track, {
      track: () => this.trackOf(streamId),
      codec: () => codecName(this.receiverAt(streamId)),
      setPaused: (paused) => this.host.setPaused(streamId, paused),
    });
    known.owner.opened(stream);
    if (this.pausedKinds.has(known.kind)) stream.pause().catch(() => {});
    if (known.kind === "video" && known.owner.quality !== "high") {
      this.host.setReceivedQuality(streamId, known.owner.quality).catch(() => {});
    }
  }

  private close(streamId: string): void {
    const owner = this.owners.get(streamId)?.owner;
    const stream = owner?.streams.get(streamId);
    if (!owner || !stream) return;
    stream.ended();
    owner.closed(stream);
  }

  private receiverAt(streamId: string): RTCRtpReceiver | null {
    const mid = this.seats.mid(streamId);
    return mid === null ? null : this.host.receiver(mid);
  }

  private trackOf(streamId: string): MediaStreamTrack | null {
    return this.receiverAt(streamId)?.track ?? null;
  }
}
