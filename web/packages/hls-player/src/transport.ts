import { Resource } from "./media-playlist";

/** A request that failed; `status` is `null` if there was no answer. */
export class LoadError extends Error {
  constructor(readonly status: number | null, message: string) {
    super(message);
  }

  /** Whether asking again would be answered the same. */
  get isGone(): boolean {
    return this.status === 404 || this.status === 410;
  }
}

export interface Progress {
  bytes: number;
  /** Since the first byte. */
  seconds: number;
  /** From `Content-Length`; `null` if it is not told. */
  expected: number | null;
}

/** What was downloaded, and how fast it came. */
export interface Loaded {
  bytes: Uint8Array;
  seconds: number;
}

/** How playlists and media are fetched. */
export interface Transport {
  /** `url` of the answer is where redirections led. `patience`: seconds for it to come. */
  text(url: string, signal: AbortSignal, patience: number): Promise<{ text: string; url: string }>;
  bytes(resource: Resource, signal: AbortSignal, progress?: (progress: Progress) => void): Promise<Loaded>;
}

/** Seconds without a byte after which a download is dead; hints wait for what is not there yet. */
const SILENCE = 15;

export const fetchTransport: Transport = {
  async text(url, signal, patience) {
    return limited(signal, patience, async (inner) => {
      const reply = await answered(url, { signal: inner, cache: "no-cache" });
      return { text: await reply.text(), url: reply.url || url };
    });
  },

  async bytes({ uri, range }, signal, progress) {
    return limited(signal, SILENCE, async (inner, alive) => {
      const headers: Record<string, string> = {};
      if (range) headers.range = `bytes=${range.start}-${range.start + range.length - 1}`;
      const reply = await answered(uri, { signal: inner, headers });
      const length = Number(reply.headers.get("content-length")) || null;
      const began = performance.now();
      const chunks: Uint8Array[] = [];
      let size = 0;
      const reader = reply.body?.getReader();
      if (!reader) return { bytes: new Uint8Array(await reply.arrayBuffer()), seconds: since(began) };
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        alive();
        chunks.push(value);
        size += value.length;
        progress?.({ bytes: size, seconds: since(began), expected: length });
      }
      const bytes = new Uint8Array(size);
      let at = 0;
      for (const chunk of chunks) {
        bytes.set(chunk, at);
        at += chunk.length;
      }
      return { bytes, seconds: since(began) };
    });
  },
};

function since(began: number): number {
  return (performance.now() - began) / 1_000;
}

async function answered(url: string, init: RequestInit): Promise<Response> {
  let reply: Response;
  try {
    reply = await fetch(url, { ...init, credentials: "omit" });
  } catch (error) {
    throw new LoadError(null, `${url} could not be reached: ${String(error)}`);
  }
  if (!reply.ok) throw new LoadError(reply.status, `${url} was answered ${reply.status}`);
  return reply;
}

/** Runs `work` until it is done, given up from outside, or silent for too long. */
async function limited<Value>(
  signal: AbortSignal,
  patience: number,
  work: (signal: AbortSignal, alive: () => void) => Promise<Value>,
): Promise<Value> {
  const inner = new AbortController();
  const stop = (): void => inner.abort();
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop);
  let timer = setTimeout(stop, patience * 1_000);
  const alive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(stop, patience * 1_000);
  };
  try {
    return await work(inner.signal, alive);
  } catch (error) {
    if (error instanceof LoadError) throw error;
    throw new LoadError(null, String(error));
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}
