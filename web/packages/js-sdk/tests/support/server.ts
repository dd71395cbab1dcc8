import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { Socket } from "node:net";
import { CLOSE, FrameReader, TEXT, writeFrame } from "./frames";

export type Message = Record<string, unknown> & { type: string };

/** One socket of a client at the server. */
export class Client {
  readonly received: Message[] = [];
  isOpen = true;

  constructor(private readonly socket: Socket) {}

  send(message: object): void {
    this.socket.write(writeFrame(TEXT, new TextEncoder().encode(JSON.stringify(message)), null));
  }

  raw(text: string): void {
    this.socket.write(writeFrame(TEXT, new TextEncoder().encode(text), null));
  }

  /** The network breaks: no close frame. */
  cut(): void {
    this.socket.destroy();
  }

  close(code: number): void {
    this.socket.write(writeFrame(CLOSE, new Uint8Array([code >> 8, code & 255]), null));
    this.socket.end();
  }
}

/** A WebSocket server (RFC 6455) on a port of its own; the tests say what it answers. */
export class Server {
  readonly clients: Client[] = [];
  /** Answers a message; by default nobody does. */
  answer: (client: Client, message: Message) => void = () => {};
  /** Refuses connections while true. */
  isDown = false;
  private readonly http = createServer();
  private readonly waiting: { check: () => boolean; done: () => void }[] = [];

  static async start(): Promise<Server> {
    const server = new Server();
    await new Promise<void>((ready) => server.http.listen(0, "127.0.0.1", ready));
    return server;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.http.address().port}/signal`;
  }

  get last(): Client {
    return this.clients[this.clients.length - 1]!;
  }

  /** Every message of every client, in order, without pings. */
  get log(): Message[] {
    return this.clients.flatMap((client) => client.received).filter(({ type }) => type !== "ping");
  }

  constructor() {
    this.http.on("upgrade", (request, socket) => {
      if (this.isDown || request.url !== "/signal") return socket.destroy();
      const accept = createHash("sha1")
        .update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
        .digest("base64");
      socket.write(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
          `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      socket.setNoDelay(true);
      const client = new Client(socket);
      const reader = new FrameReader();
      this.clients.push(client);
      socket.on("data", (bytes) => {
        for (const frame of reader.push(bytes)) {
          if (frame.opcode === CLOSE) socket.end();
          if (frame.opcode !== TEXT) continue;
          const message = JSON.parse(new TextDecoder().decode(frame.payload)) as Message;
          client.received.push(message);
          if (message.type === "ping") client.send({ type: "pong" });
          else this.answer(client, message);
          this.look();
        }
      });
      socket.on("error", () => {});
      socket.on("close", () => {
        client.isOpen = false;
        this.look();
      });
      this.look();
    });
  }

  /** Resolves when `check` holds, looked at whenever something happens. */
  until(check: () => boolean): Promise<void> {
    return new Promise((done) => {
      this.waiting.push({ check, done });
      this.look();
    });
  }

  /** Resolves with the n-th message of a type. */
  async message(type: string, count = 1): Promise<Message> {
    const found = (): Message[] => this.log.filter((message) => message.type === type);
    await this.until(() => found().length >= count);
    return found()[count - 1]!;
  }

  stop(): void {
    // Who is just coming back must not keep the test's process alive.
    this.isDown = true;
    this.http.close();
    this.http.closeAllConnections();
    for (const client of this.clients) client.cut();
  }

  private look(): void {
    for (const entry of [...this.waiting]) {
      if (!entry.check()) continue;
      this.waiting.splice(this.waiting.indexOf(entry), 1);
      entry.done();
    }
  }
}
