import { sdkError, VideoSDKError } from "./errors";
import { Replies, Request, RequestType } from "./messages";

interface Entry {
  /** 0 until it is first sent. */
  id: number;
  request: Request;
  resolve(reply: unknown): void;
  reject(error: VideoSDKError): void;
}

/** What a request rejects with when a new join has made it pointless or its outcome unknowable. */
export class SupersededError extends VideoSDKError {
  constructor() {
    super(3079, "ERROR_OPERATION_TIMED_OUT", "The connection was lost before the server answered.");
  }
}

/** Requests whose effect a new join carries itself. */
const CARRIED_BY_JOIN: ReadonlySet<RequestType> = new Set<RequestType>([
  "offer",
  "stream-enable",
  "stream-disable",
  "leave",
]);

/**
 * Requests on their way: numbered when first sent, sent again with the same number after a resume,
 * paced below the server's limit.
 */
export class RequestQueue {
  /** Requests that may wait for an answer or a connection; more are refused. */
  static readonly capacity = 256;
  /** Messages per second; the server closes at 50 for long. */
  static readonly rate = 40;

  private nextId = 2; // `join` was 1
  private waiting: Entry[] = [];
  private readonly asked = new Map<number, Entry>();
  private tokens = RequestQueue.rate;
  private refilled = Date.now();
  private timer: ReturnType<typeof setTimeout> | null = null;

  /** `send` returns false while there is nobody to send to. */
  constructor(private readonly send: (message: Request & { id: number }) => boolean) {}

  ask<Type extends RequestType>(request: Request & { type: Type }): Promise<Replies[Type]> {
    return new Promise<Replies[Type]>((resolve, reject) => {
      if (this.waiting.length + this.asked.size >= RequestQueue.capacity) {
        reject(sdkError("ERROR_OPERATION_TIMED_OUT", "Too many requests wait for the server."));
        return;
      }
      this.waiting.push({ id: 0, request, resolve: resolve as (reply: unknown) => void, reject });
      this.flush();
    });
  }

  /** Sends a request past everything that waits; its answer is of no interest. */
  askAtOnce(request: Request): void {
    if (this.send({ ...request, id: this.nextId })) this.nextId += 1;
  }

  isAsked(id: number): boolean {
    return this.asked.has(id);
  }

  answered(id: number, reply: unknown): boolean {
    const entry = this.asked.get(id);
    if (!entry) return false;
    this.asked.delete(id);
    entry.resolve(reply);
    return true;
  }

  refused(id: number, error: VideoSDKError): boolean {
    const entry = this.asked.get(id);
    if (!entry) return false;
    this.asked.delete(id);
    entry.reject(error);
    return true;
  }

  /** After a resume: what was never answered goes again, oldest first, then what waited. */
  repeat(): void {
    const known = new Set(this.asked.values());
    this.waiting = [...known, ...this.waiting.filter((entry) => !known.has(entry))];
    this.flush();
  }

  /** Gives up what was sent: it may be what the server objected to. */
  abandonAsked(): void {
    const entries = [...this.asked.values()];
    this.asked.clear();
    this.waiting = this.waiting.filter((entry) => entry.id === 0);
    for (const entry of entries) entry.reject(new SupersededError());
  }

  /** After a new join: numbers start again, and only what was never sent may still be asked. */
  restart(): void {
    this.abandonAsked();
    this.nextId = 2;
    const carried = this.waiting.filter((entry) => CARRIED_BY_JOIN.has(entry.request.type));
    this.waiting = this.waiting.filter((entry) => !CARRIED_BY_JOIN.has(entry.request.type));
    for (const entry of carried) entry.reject(new SupersededError());
    this.flush();
  }

  /** Rejects everything; nothing may be asked afterwards. */
  close(error: VideoSDKError): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const entries = [...new Set([...this.asked.values(), ...this.waiting])];
    this.asked.clear();
    this.waiting = [];
    for (const entry of entries) entry.reject(error);
  }

  private flush(): void {
    this.refill();
    for (let entry = this.waiting[0]; entry; entry = this.waiting[0]) {
      if (this.tokens < 1) {
        this.timer ??= setTimeout(() => {
          this.timer = null;
          this.flush();
        }, 1_000 / RequestQueue.rate);
        return;
      }
      const id = entry.id || this.nextId;
      if (!this.send({ ...entry.request, id })) return;
      this.tokens -= 1;
      this.waiting.shift();
      if (entry.id === 0) {
        entry.id = id;
        this.nextId += 1;
        this.asked.set(id, entry);
      }
    }
  }

  private refill(): void {
    const now = Date.now();
    const gained = ((now - this.refilled) / 1_000) * RequestQueue.rate;
    this.tokens = Math.min(RequestQueue.rate, this.tokens + Math.max(0, gained));
    this.refilled = now;
  }
}
