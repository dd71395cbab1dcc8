import { ClientMessage, readMessage } from "./messages";

/** Milliseconds of the signalling's patience; the defaults are those of docs/signalling.md. */
export interface Timings {
  /** Between pings. */
  ping: number;
  /** Without a word from the server until the socket counts as dead. */
  silence: number;
  /** For a sign of life when the network has changed. */
  probe: number;
  /** After this long a connection is a good one, and the next attempts start without delay. */
  stable: number;
  /** For a socket to open. */
  connect: number;
  /** Before each attempt to connect again; the last is used from then on. */
  backoff: readonly number[];
  /** Attempts of the first join before it fails; later ones never give up. */
  joinAttempts: number;
  /** For the server to confirm `leave` before the socket is closed anyway. */
  leave: number;
}

export const DEFAULT_TIMINGS: Timings = {
  ping: 5_000,
  silence: 15_000,
  probe: 2_000,
  stable: 5_000,
  connect: 8_000,
  backoff: [0, 300, 1_000, 2_000, 4_000, 5_000],
  joinAttempts: 5,
  leave: 1_000,
};

export interface ConnectionHandlers {
  opened(): void;
  received(message: { type: string; id?: unknown; seq?: unknown }): void;
  /** Once, unless this side closed it. */
  lost(code: number, reason: string): void;
}

/** One WebSocket from opening to its end, with keep-alive. */
export class Connection {
  private socket: WebSocket | null;
  private lastHeard = Date.now();
  private readonly pinger: ReturnType<typeof setInterval>;
  private readonly patience: ReturnType<typeof setTimeout>;

  constructor(
    socket: WebSocket,
    private readonly timings: Timings,
    private readonly handlers: ConnectionHandlers,
  ) {
    this.socket = socket;
    this.patience = setTimeout(() => this.fail(0, "the server did not answer"), timings.connect);
    this.pinger = setInterval(() => this.beat(), timings.ping);
    socket.onopen = () => {
      if (this.socket === null) return;
      clearTimeout(this.patience);
      this.lastHeard = Date.now();
      handlers.opened();
    };
    socket.onmessage = (event: MessageEvent) => {
      if (this.socket === null) return;
      this.lastHeard = Date.now();
      const message = typeof event.data === "string" ? readMessage(event.data) : null;
      if (message === null) this.fail(0, "the server sent something that is no message");
      else if (message.type !== "pong") handlers.received(message);
    };
    socket.onclose = (event: CloseEvent) => this.fail(event.code, event.reason);
    socket.onerror = () => {}; // `close` follows and says the same
  }

  get isOpen(): boolean {
    return this.socket !== null && this.socket.readyState === 1;
  }

  send(message: ClientMessage): void {
    if (this.isOpen) this.socket?.send(JSON.stringify(message));
  }

  /** Closes the socket; `lost` will not be called. */
  close(code = 1000): void {
    const socket = this.release();
    try {
      socket?.close(code);
    } catch {
      // Already closing.
    }
  }

  /** Treats the connection as dead, as if the network had closed it. */
  fail(code: number, reason: string): void {
    const socket = this.release();
    if (socket === null) return;
    try {
      socket.close();
    } catch {
      // Already closing.
    }
    this.handlers.lost(code, reason);
  }

  /** Asks for a sign of life: without one soon the connection counts as dead. */
  probe(): void {
    const asked = Date.now();
    this.send({ type: "ping" });
    setTimeout(() => {
      if (this.lastHeard < asked) this.fail(0, "the network changed");
    }, this.timings.probe);
  }

  private beat(): void {
    if (Date.now() - this.lastHeard > this.timings.silence) this.fail(0, "the server went silent");
    else this.send({ type: "ping" });
  }

  private release(): WebSocket | null {
    const socket = this.socket;
    this.socket = null;
    clearTimeout(this.patience);
    clearInterval(this.pinger);
    if (socket) socket.onopen = socket.onmessage = socket.onclose = null;
    return socket;
  }
}
