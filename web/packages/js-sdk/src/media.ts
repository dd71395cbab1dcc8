import { sdkError, VideoSDKError } from "./errors";
import { SentStream, StreamKind } from "./messages";
import { FIRST_SEATS, PeerTransport, TransportOptions } from "./peer-transport";
import { SupersededError } from "./requests";

export interface MediaHost {
  createConnection(): RTCPeerConnection;
  isLive(): boolean;
  /** Sends an offer to the server and resolves to its answer. */
  negotiate(sdp: string, reset: boolean, streams: SentStream[]): Promise<string>;
  /** Puts local tracks on a new or newly answered transport. */
  attach(transport: PeerTransport): void;
  /** Kinds that have a local track now. */
  sending(): StreamKind[];
  /** A new connection is about to be offered, with the m-lines of the old one or with others. */
  renewing(sameLines: boolean): void;
  /** The receivers are new: remote streams have other tracks. */
  renewed(): void;
  /** Media flows, or stopped flowing. */
  healthChanged(healthy: boolean): void;
  /** The connection is up, for the first time or again. */
  connected(): void;
  trouble(error: VideoSDKError): void;
}

/** A connection offered to another room, while the one of this room goes on. */
export interface PreparedSwitch {
  offer: string;
  /** Tells the streams when the offer is about to be sent. */
  streams(): SentStream[];
  /** The other room took us: the old connection ends. */
  commit(answer: string | null): void;
  abort(): void;
}

/** A short break in connectivity heals by itself. */
const DISCONNECTED_LIMIT = 2_000;
/** Checks and DTLS over the slowest candidate take a few seconds. */
const CONNECT_LIMIT = 10_000;
const RESET_BACKOFF = [0, 500, 1_000, 2_000, 5_000];

/**
 * Keeps one participant's media connected: negotiates, one offer at a time, and makes a new
 * connection when the old one failed or the server lost its side.
 */
export class Media {
  current: PeerTransport | null = null;
  private seatsWanted = FIRST_SEATS;
  private joinOffer: Promise<string> | null = null;
  private wantsOffer = false;
  private wantsReset = false;
  private running = false;
  private resets = 0;
  private healthy = true;
  /** Waited for by streams that begin while other m-lines are negotiated. */
  private renewal: { done: Promise<void>; settle(): void } | null = null;
  private patience: ReturnType<typeof setTimeout> | null = null;
  private closed = false;

  constructor(
    private readonly host: MediaHost,
    private readonly options: Omit<TransportOptions, "seats">,
  ) {}

  /** Settles when the m-lines that `renew` asked for are there. */
  get renewing(): Promise<void> | null {
    return this.renewal?.done ?? null;
  }

  /** An offer for `join`, and what tells its streams when it is about to be sent. */
  async prepareJoin(): Promise<() => { offer: string; streams: SentStream[] }> {
    this.wantsOffer = this.wantsReset = false;
    let transport = this.current;
    if (!transport || transport.isAnswered || !this.joinOffer) transport = this.replace();
    this.joinOffer ??= transport.offer();
    const offer = await this.joinOffer;
    const chosen = transport;
    return () => ({ offer, streams: chosen.sent(this.host.sending()) });
  }

  /** The server's answer to the offer in `join`. */
  async joined(answer: string): Promise<void> {
    const transport = this.current;
    this.joinOffer = null;
    if (!transport) return;
    await this.accept(transport, answer);
  }

  /** Offers a connection to another room; nothing changes here until it is committed. */
  async prepareSwitch(): Promise<PreparedSwitch> {
    const transport = this.make();
    const offer = await transport.offer();
    return {
      offer,
      streams: () => transport.sent(this.host.sending()),
      commit: (answer) => {
        this.wantsOffer = this.wantsReset = false;
        this.adopt(transport);
        if (answer === null) this.reset();
        else void this.accept(transport, answer);
      },
      abort: () => transport.close(),
    };
  }

  /** Makes a new connection, with or without m-lines to send on. */
  renew(sends: boolean): void {
    if (this.closed) return;
    this.options.sends = sends;
    this.wantsReset = true;
    if (!this.renewal) {
      let settle = (): void => {};
      const done = new Promise<void>((resolve) => (settle = resolve));
      this.renewal = { done, settle };
    }
    void this.run();
  }

  /** Ends the connection; none is wanted until `renew`. */
  drop(): void {
    this.stopWaiting();
    this.wantsOffer = this.wantsReset = false;
    this.joinOffer = null;
    this.current?.close();
    this.current = null;
    this.settled();
    this.setHealthy(true);
  }

  seatsNeeded(count: number): void {
    if (!Number.isInteger(count) || count <= this.seatsWanted) return;
    this.seatsWanted = Math.min(count, 64); // the server's frame limit allows no more in an offer
    this.wantsOffer = true;
    void this.run();
  }

  /** Makes a new connection and offers it. */
  reset(): void {
    if (this.closed || this.wantsReset) return;
    this.setHealthy(false);
    this.wantsReset = true;
    void this.run();
  }

  /** Signalling is back: a connection that broke meanwhile is made anew at once. */
  check(): void {
    const state = this.current?.connection.connectionState;
    if (state === "failed" || state === "disconnected") this.reset();
  }

  close(): void {
    this.closed = true;
    this.stopWaiting();
    this.current?.close();
    this.current = null;
    this.settled();
  }

  private settled(): void {
    this.renewal?.settle();
    this.renewal = null;
  }

  private replace(): PeerTransport {
    const transport = this.make();
    this.adopt(transport);
    return transport;
  }

  private adopt(transport: PeerTransport): void {
    this.stopWaiting();
    this.current?.close();
    this.joinOffer = null;
    this.current = transport;
    this.host.attach(transport);
  }

  private make(): PeerTransport {
    const options = { ...this.options, seats: this.seatsWanted };
    const transport: PeerTransport = new PeerTransport(
      this.host.createConnection(),
      options,
      (state) => {
        if (transport === this.current) this.stateChanged(state);
      },
    );
    return transport;
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    while (!this.closed && (this.wantsOffer || this.wantsReset)) {
      const reset = this.wantsReset;
      if (reset) await this.pause();
      if (this.closed || !(this.wantsOffer || this.wantsReset)) break; // a join took over
      this.wantsOffer = false;
      this.wantsReset = this.wantsReset && !reset;
      const before = this.current;
      const transport = reset ? this.replace() : before;
      if (!transport) break;
      try {
        transport.addSeats(this.seatsWanted);
        const sdp = await transport.offer();
        const streams = transport.sent(this.host.sending());
        if (reset) this.host.renewing(before?.sends === transport.sends);
        const answer = await this.host.negotiate(sdp, reset, streams);
        if (transport !== this.current || this.closed) continue;
        await this.accept(transport, answer);
        if (reset) this.host.renewed();
      } catch (error) {
        if (transport !== this.current || error instanceof SupersededError) continue;
        this.host.trouble(
          sdkError("MEDIA_UNAVAILABLE", `Media could not be negotiated: ${String(error)}`),
        );
        if (this.host.isLive()) this.wantsReset = true;
      }
    }
    this.running = false;
  }

  /** The first reset after a good connection goes at once, further ones wait longer and longer. */
  private pause(): Promise<void> {
    const delay = RESET_BACKOFF[Math.min(this.resets, RESET_BACKOFF.length - 1)] ?? 0;
    this.resets += 1;
    return new Promise((resolve) => setTimeout(resolve, delay));
  }

  private async accept(transport: PeerTransport, answer: string): Promise<void> {
    try {
      await transport.accept(answer);
    } catch (error) {
      if (transport !== this.current) return;
      this.host.trouble(sdkError("MEDIA_UNAVAILABLE", `The answer was refused: ${String(error)}`));
      this.reset();
      return;
    }
    if (transport !== this.current) return;
    this.host.attach(transport);
    if (!this.wantsReset) this.settled(); // else this was the answer to an offer before
    if (transport.connection.connectionState !== "connected") {
      this.wait(CONNECT_LIMIT, () => {
        this.host.trouble(
          sdkError("MEDIA_UNAVAILABLE", "No connection to the media server could be made."),
        );
        this.reset();
      });
    }
  }

  private stateChanged(state: RTCPeerConnectionState): void {
    switch (state) {
      case "connected":
        this.stopWaiting();
        this.resets = 0;
        this.host.connected();
        return this.setHealthy(true);
      case "disconnected":
        return this.wait(DISCONNECTED_LIMIT, () => {
          this.setHealthy(false);
          if (this.host.isLive()) this.reset(); // otherwise `check` does when signalling is back
        });
      case "failed":
        this.setHealthy(false);
        if (this.host.isLive()) this.reset();
        return;
      default:
        return;
    }
  }

  private setHealthy(healthy: boolean): void {
    if (healthy === this.healthy) return;
    this.healthy = healthy;
    this.host.healthChanged(healthy);
  }

  private wait(limit: number, then: () => void): void {
    this.stopWaiting();
    this.patience = setTimeout(then, limit);
  }

  private stopWaiting(): void {
    if (this.patience !== null) clearTimeout(this.patience);
    this.patience = null;
  }
}
