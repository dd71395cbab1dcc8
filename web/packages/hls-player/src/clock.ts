/** Time as the player sees it; tests have one that they move on themselves. */
export interface Clock {
  /** Seconds since some moment. */
  now(): number;
  /** Resolves after so many seconds, or as soon as `signal` is aborted. */
  sleep(seconds: number, signal?: AbortSignal): Promise<void>;
}

export const realClock: Clock = {
  now: () => performance.now() / 1_000,
  sleep: (seconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, seconds * 1_000);
      signal?.addEventListener("abort", done);
    }),
};
