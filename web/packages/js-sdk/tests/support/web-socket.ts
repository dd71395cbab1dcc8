import { randomBytes } from "node:crypto";
import { request } from "node:http";
import type { Socket } from "node:net";
import { CLOSE, FrameReader, TEXT, writeFrame } from "./frames";

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * A WebSocket client as browsers have it, as far as the SDK uses it; node 18 has none.
 *
 * Like in a browser each message is a task of its own.
 */
export class NodeWebSocket {
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  private socket: Socket | null = null;
  private closing: { code: number; reason: string } | null = null;

  constructor(url: string) {
    const { hostname, port, pathname } = new URL(url);
    const key = Array.from(randomBytes(22), (byte) => BASE64[byte % 64]).join("") + "==";
    const asked = request({
      host: hostname,
      port,
      path: pathname,
      headers: {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": key,
      },
    });
    asked.on("upgrade", (_, socket, head) => this.opened(socket, head));
    asked.on("error", () => this.ended(1006, ""));
    asked.on("response", () => this.ended(1006, ""));
    asked.end();
  }

  send(text: string): void {
    this.socket?.write(writeFrame(TEXT, new TextEncoder().encode(text), randomBytes(4)));
  }

  close(code = 1000): void {
    if (this.readyState > 1) return;
    this.readyState = 2;
    this.socket?.write(writeFrame(CLOSE, new Uint8Array([code >> 8, code & 255]), randomBytes(4)));
    this.socket?.end();
  }

  private opened(socket: Socket, head: Uint8Array): void {
    this.socket = socket;
    socket.setNoDelay(true);
    const reader = new FrameReader();
    const received = (bytes: Uint8Array): void => {
      for (const frame of reader.push(bytes)) {
        if (frame.opcode === CLOSE) {
          const { payload } = frame;
          const code = payload.length > 1 ? payload[0]! * 256 + payload[1]! : 1005;
          this.closing = { code, reason: new TextDecoder().decode(payload.slice(2)) };
          socket.end();
        } else if (frame.opcode === TEXT) {
          const data = new TextDecoder().decode(frame.payload);
          setImmediate(() => this.onmessage?.({ data }));
        }
      }
    };
    socket.on("data", received);
    socket.on("error", () => {});
    socket.on("close", () => this.ended(this.closing?.code ?? 1006, this.closing?.reason ?? ""));
    setImmediate(() => {
      this.readyState = 1;
      this.onopen?.();
      received(head);
    });
  }

  private ended(code: number, reason: string): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    setImmediate(() => this.onclose?.({ code, reason }));
  }
}

declare function setImmediate(task: () => void): void;

export function openSocket(url: string): WebSocket {
  return new NodeWebSocket(url) as unknown as WebSocket;
}
