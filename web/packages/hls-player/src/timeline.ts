import { MediaPlaylist, Segment } from "./media-playlist";

/**
 * Where each segment is in time, in seconds.
 *
 * 0 is the beginning of the first segment that was ever seen; reloads and other variants go on
 * from it, so a moment keeps its time while the window slides.
 */
export class Timeline {
  private current: MediaPlaylist | null = null;
  private starts: number[] = [];

  get playlist(): MediaPlaylist | null {
    return this.current;
  }

  get segments(): readonly Segment[] {
    return this.current?.segments ?? [];
  }

  /** The earliest moment there is. */
  get start(): number {
    return this.starts[0] ?? 0;
  }

  /** The end of what there is so far. */
  get end(): number {
    const last = this.segments.length - 1;
    return last < 0 ? this.start : this.startOf(last) + this.segments[last]!.duration;
  }

  /** Takes the playlist as it is now; `true` if it has something new. */
  update(playlist: MediaPlaylist): boolean {
    const first = this.base(playlist);
    const before = this.current;
    const [hadEnd, parts] = [this.lastSequence, this.lastParts];
    this.current = playlist;
    this.starts = [];
    let at = first;
    for (const segment of playlist.segments) {
      this.starts.push(at);
      at += segment.duration;
    }
    return (
      before === null ||
      before.isEnded !== playlist.isEnded ||
      this.lastSequence !== hadEnd ||
      this.lastParts !== parts
    );
  }

  startOf(index: number): number {
    return this.starts[index] ?? this.end;
  }

  /** The place of a segment in the list by its number; -1 if it is not there. */
  indexOf(sequence: number): number {
    const first = this.segments[0];
    if (!first) return -1;
    const index = sequence - first.sequence;
    return index >= 0 && index < this.segments.length ? index : -1;
  }

  /** The place of the segment that is playing at a time; the first or last for a time outside. */
  indexAt(time: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle]! <= time) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private get lastSequence(): number {
    const { segments } = this;
    return segments[segments.length - 1]?.sequence ?? -1;
  }

  private get lastParts(): number {
    const last = this.segments[this.segments.length - 1];
    return last ? last.parts.length + (last.isComplete ? 1_000_000 : 0) : 0;
  }

  /** The time of the first segment of `playlist`. */
  private base(playlist: MediaPlaylist): number {
    const fresh = playlist.segments[0];
    const known = this.segments[0];
    if (!fresh || !known) return this.start;
    const index = this.indexOf(fresh.sequence);
    if (index >= 0) return this.startOf(index);
    // It reaches further back than what is known: count from the first one both have.
    const shared = playlist.segments.findIndex(({ sequence }) => sequence === known.sequence);
    if (shared > 0) {
      const before = playlist.segments.slice(0, shared).reduce((sum, { duration }) => sum + duration, 0);
      return this.start - before;
    }
    // Nothing in common: so much was missed, or the numbers began anew.
    const missed = Math.max(0, fresh.sequence - this.lastSequence - 1);
    return this.end + missed * playlist.targetDuration;
  }
}
