import { Clock } from "../../src/clock";

declare function setImmediate(task: () => void): void;

interface Timer {
  at: number;
  number: number;
  done: () => void;
}

/** A clock that stands still until it is moved on. */
export class VirtualClock implements Clock {
  private time = 0;
  private made = 0;
  private timers: Timer[] = [];

  now(): number {
    return this.time;
  }

  sleep(seconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const timer: Timer = {
        at: this.time + seconds,
        number: (this.made += 1),
        done: () => {
          this.timers = this.timers.filter((each) => each !== timer);
          signal?.removeEventListener("abort", timer.done);
          resolve();
        },
      };
      signal?.addEventListener("abort", timer.done);
      this.timers.push(timer);
    });
  }

  /** Lets so many seconds go by, with everything that happens in them in its order. */
  async advance(seconds: number): Promise<void> {
    const until = this.time + seconds;
    for (;;) {
      await settled();
      const next = this.timers.sort((one, other) => one.at - other.at || one.number - other.number)[0];
      if (!next || next.at > until) break;
      this.time = Math.max(this.time, next.at);
      next.done();
    }
    this.time = until;
  }
}

/** Resolves when everything that can go on without time has gone on. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}
