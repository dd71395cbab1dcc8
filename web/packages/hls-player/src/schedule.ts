import { MediaPlaylist, Resource, Segment } from "./media-playlist";
import { Timeline } from "./timeline";

/** What is to be loaded next: a segment, from its beginning or from one of its parts. */
export interface Cursor {
  sequence: number;
  part: number;
}

export type Step =
  /** All of `segment`, or its part of this number. */
  | { does: "load"; segment: Segment; part: number | null; resource: Resource; time: number; duration: number; next: Cursor }
  /** There is enough, or there is nothing more yet. */
  | { does: "wait" }
  /** There is nothing more, ever. */
  | { does: "finish" };

/** Seconds of a segment that may be missing at its beginning when one begins to play at a time. */
const TOLERANCE = 0.1;

/** Where to begin loading so that `time` can be played. */
export function cursorAt(timeline: Timeline, time: number): Cursor {
  const { segments } = timeline;
  if (segments.length === 0) return { sequence: 0, part: 0 };
  let index = timeline.indexAt(time + TOLERANCE);
  // Past the last one: what comes next.
  if (time >= timeline.end && timeline.playlist?.isEnded) index = segments.length - 1;
  const segment = segments[index]!;
  if (segment.isComplete) return { sequence: segment.sequence, part: 0 };
  let at = timeline.startOf(index);
  let part = 0;
  segment.parts.forEach((each, number) => {
    if (each.isIndependent && at <= time + TOLERANCE) part = number;
    at += each.duration;
  });
  return { sequence: segment.sequence, part };
}

/** The moment at which what `cursor` stands for begins; `null` if that is not known. */
export function timeOf(timeline: Timeline, { sequence, part }: Cursor): number | null {
  const index = timeline.indexOf(sequence);
  const segment = timeline.segments[index];
  if (!segment) return sequence === (timeline.segments[timeline.segments.length - 1]?.sequence ?? -2) + 1 ? timeline.end : null;
  const parts = segment.parts.slice(0, part);
  // Parts that are no longer told of.
  if (parts.length < part) return null;
  return timeline.startOf(index) + parts.reduce((sum, { duration }) => sum + duration, 0);
}

/** What to do now, with so many seconds in store of the `goal`. */
export function nextStep(timeline: Timeline, cursor: Cursor, buffered: number, goal: number): Step {
  const { segments, playlist } = timeline;
  if (!playlist || segments.length === 0) return { does: "wait" };
  let { sequence, part } = cursor;
  if (sequence < segments[0]!.sequence) [sequence, part] = [segments[0]!.sequence, 0]; // it slid out of the window
  for (;;) {
    const index = timeline.indexOf(sequence);
    if (index < 0) return { does: playlist.isEnded ? "finish" : "wait" };
    const segment = segments[index]!;
    const isThrough = segment.isComplete && part > 0 && part >= segment.parts.length && segment.parts.length > 0;
    if (segment.isGap || isThrough) {
      [sequence, part] = [sequence + 1, 0];
      continue;
    }
    if (buffered >= goal) return { does: "wait" };
    const time = timeline.startOf(index);
    if (segment.isComplete && (part === 0 || segment.parts.length === 0)) {
      const next = { sequence: sequence + 1, part: 0 };
      return { does: "load", segment, part: null, resource: segment, time, duration: segment.duration, next };
    }
    const wanted = segment.parts[part];
    if (!wanted) return { does: "wait" };
    if (wanted.isGap) {
      part += 1;
      continue;
    }
    const before = segment.parts.slice(0, part).reduce((sum, { duration }) => sum + duration, 0);
    return {
      does: "load",
      segment,
      part,
      resource: wanted,
      time: time + before,
      duration: wanted.duration,
      next: { sequence, part: part + 1 },
    };
  }
}

/** Whether parts are played as they come. */
export function isLowLatency(playlist: MediaPlaylist): boolean {
  return playlist.partTarget !== null && playlist.control.canBlock && !playlist.isEnded;
}

/** Seconds to stay away from the end of a live playlist, so that what comes late is not missed. */
export function holdBack(playlist: MediaPlaylist): number {
  const { targetDuration, partTarget, control } = playlist;
  if (isLowLatency(playlist)) return Math.max(control.partHoldBack ?? 0, 3 * partTarget!);
  // Without a word of the server three target durations, as the standard has it.
  return control.holdBack ?? 3 * targetDuration;
}

/** Where playing begins: at the live edge, or at the beginning of what is over. */
export function startTime(timeline: Timeline): number {
  const { playlist } = timeline;
  if (!playlist || playlist.isEnded) return timeline.start;
  return Math.max(timeline.start, timeline.end - holdBack(playlist));
}

/** What to add to the address of a reload so that the server answers when there is more. */
export function reloadQuery(playlist: MediaPlaylist, secondsOld: number): Record<string, string> {
  const query: Record<string, string> = {};
  const last = playlist.segments[playlist.segments.length - 1];
  const { canBlock, skipUntil } = playlist.control;
  if (canBlock && last && !playlist.isEnded) {
    const sequence = last.isComplete ? last.sequence + 1 : last.sequence;
    query._HLS_msn = String(sequence);
    if (playlist.partTarget !== null) query._HLS_part = String(last.isComplete ? 0 : last.parts.length);
  }
  if (skipUntil !== null && secondsOld < skipUntil / 2) query._HLS_skip = "YES";
  return query;
}

/** Seconds; below these nothing is asked for again. */
const SHORTEST_PAUSE = 0.05;

/**
 * Seconds until the next reload, counted from the one that began `took` seconds ago; `null`: it
 * never changes again.
 */
export function reloadDelay(playlist: MediaPlaylist, isNew: boolean, took: number): number | null {
  if (playlist.isEnded) return null;
  // The server has waited already; if it has nothing new it did not do what it promised.
  if (playlist.control.canBlock && isNew) return 0;
  const whole = playlist.partTarget !== null && !playlist.control.canBlock ? playlist.partTarget : playlist.targetDuration;
  return Math.max(SHORTEST_PAUSE, (isNew ? whole : whole / 2) - took);
}

/** Seconds before the n-th repetition of what failed. */
export function retryDelay(failures: number): number {
  return Math.min(8, 0.25 * 2 ** failures);
}
