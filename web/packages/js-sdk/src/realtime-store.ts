import { sdkError } from "./errors";
import type { Signalling } from "./signalling";

type OnValue = (value: string | null, updatedBy: string | null) => void;

interface Key {
  observers: Map<string, OnValue>;
  /** As last heard, so that a rejoin tells only what changed. */
  value: string | null;
}

/** Values by key that all participants of the session share. */
export class RealtimeStore {
  private readonly keys = new Map<string, Key>();
  private made = 0;

  /** @internal */
  constructor(private readonly signalling: Pick<Signalling, "request">) {}

  /** Sets a value of at most 1 KiB; `null` deletes the key. A session has at most 100 keys. */
  async setValue(key: string, value: string | null): Promise<void> {
    if (typeof value !== "string" && value !== null) {
      throw sdkError("ERROR_INVALID_PARAMETER", "A value is a string, or null to delete it.");
    }
    await this.signalling.request({ type: "store-set", key: valid(key), value });
  }

  async getValue(key: string): Promise<string | null> {
    return (await this.signalling.request({ type: "store-get", key: valid(key) })).value ?? null;
  }

  /** Calls `changed` whenever the value is set, by whomever; resolves to the observer's id. */
  async observe(key: string, changed: OnValue): Promise<string> {
    if (typeof changed !== "function") {
      throw sdkError("ERROR_INVALID_PARAMETER", "An observer is a function.");
    }
    const reply = await this.signalling.request({ type: "store-observe", key: valid(key) });
    let known = this.keys.get(key);
    if (!known) this.keys.set(key, (known = { observers: new Map(), value: null }));
    known.value = reply.value ?? null;
    this.made += 1;
    const id = `observer-${this.made}`;
    known.observers.set(id, changed);
    return id;
  }

  /** Ends one observation; the last one of a key tells the server. */
  async stopObserving(observerId: string): Promise<void> {
    for (const [key, known] of this.keys) {
      if (!known.observers.delete(observerId)) continue;
      if (known.observers.size > 0) return;
      this.keys.delete(key);
      await this.signalling.request({ type: "store-unobserve", key });
      return;
    }
  }

  /** @internal */
  changed(key: string, value: string | null, updatedBy: string | null): void {
    const known = this.keys.get(key);
    if (!known) return;
    known.value = value;
    for (const changed of [...known.observers.values()]) {
      try {
        changed(value, updatedBy);
      } catch (error) {
        setTimeout(() => {
          throw error;
        });
      }
    }
  }

  /** @internal After a new join: observes again and tells what changed meanwhile. */
  rejoined(): void {
    for (const [key, known] of this.keys) {
      this.signalling.request({ type: "store-observe", key }).then(
        (reply) => {
          const value = reply.value ?? null;
          if (this.keys.get(key) === known && value !== known.value) this.changed(key, value, null);
        },
        () => {}, // the next join tries again
      );
    }
  }
}

function valid(key: string): string {
  if (typeof key === "string" && key !== "") return key;
  throw sdkError("ERROR_INVALID_PARAMETER", "A key is a string that is not empty.");
}
