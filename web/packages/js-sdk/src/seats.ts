/** Which stream is in which seat, as the server decided. */
export class Seats {
  private readonly streamAt = new Map<string, string>();
  private readonly midOf = new Map<string, string>();

  /** The m-line that carries a stream, or `null`. */
  mid(streamId: string): string | null {
    return this.midOf.get(streamId) ?? null;
  }

  stream(mid: string): string | null {
    return this.streamAt.get(mid) ?? null;
  }

  /** Puts a stream in a seat; returns the one that sat there. */
  seat(streamId: string, mid: string): string | null {
    const displaced = this.streamAt.get(mid) ?? null;
    if (displaced === streamId) return null;
    if (displaced !== null) this.midOf.delete(displaced);
    const before = this.midOf.get(streamId);
    if (before !== undefined) this.streamAt.delete(before);
    this.streamAt.set(mid, streamId);
    this.midOf.set(streamId, mid);
    return displaced;
  }

  /** Takes a stream out of a seat; false if it does not sit there (any more). */
  unseat(streamId: string, mid: string): boolean {
    if (this.streamAt.get(mid) !== streamId) return false;
    this.streamAt.delete(mid);
    this.midOf.delete(streamId);
    return true;
  }

  clear(): void {
    this.streamAt.clear();
    this.midOf.clear();
  }
}
