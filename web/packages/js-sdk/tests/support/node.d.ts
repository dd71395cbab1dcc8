// The few parts of node that the tests use; @types/node is not in Debian 12.
declare module "node:test" {
  export function test(name: string, body: () => void | Promise<void>): Promise<void>;
}

declare module "node:assert/strict" {
  interface Assert {
    (value: unknown, message?: string): asserts value;
    equal(actual: unknown, expected: unknown, message?: string): void;
    notEqual(actual: unknown, expected: unknown, message?: string): void;
    deepEqual(actual: unknown, expected: unknown, message?: string): void;
    throws(body: () => unknown, expected?: object): void;
    rejects(work: Promise<unknown>, expected?: object): Promise<void>;
  }
  const assert: Assert;
  export default assert;
}

declare module "node:crypto" {
  export function createHash(name: string): {
    update(text: string): { digest(encoding: "base64"): string };
  };
  export function randomBytes(count: number): Uint8Array;
  /** Before node 20 it is no global. */
  export const webcrypto: Crypto;
}

declare module "node:net" {
  export interface Socket {
    write(bytes: Uint8Array | string): void;
    end(): void;
    destroy(): void;
    setNoDelay(on: boolean): void;
    on(event: "data", listener: (bytes: Uint8Array) => void): void;
    on(event: "close" | "error", listener: () => void): void;
  }
}

declare module "node:http" {
  import type { Socket } from "node:net";
  interface Upgrade {
    headers: Record<string, string>;
    url: string;
  }
  interface Server {
    listen(port: number, host: string, ready: () => void): void;
    address(): { port: number };
    on(event: "upgrade", listener: (request: Upgrade, socket: Socket) => void): void;
    close(): void;
    closeAllConnections(): void;
  }
  interface Request {
    on(event: "upgrade", listener: (reply: Upgrade, socket: Socket, head: Uint8Array) => void): void;
    on(event: "error" | "response", listener: () => void): void;
    end(): void;
    destroy(): void;
  }
  export function createServer(): Server;
  export function request(options: {
    host: string;
    port: string;
    path: string;
    headers: Record<string, string>;
  }): Request;
}

declare module "node:fs" {
  export function readdirSync(path: string): string[];
  export function readFileSync(path: string, encoding: "utf8"): string;
}
