/** A span of values: times in milliseconds, pixels, scores. */
export type Span = readonly [from: number, to: number];

/** Maps values of `domain` to `range` in proportion; values outside land outside. */
export function linear(domain: Span, range: Span): (value: number) => number {
  const size = domain[1] - domain[0];
  const slope = size === 0 ? 0 : (range[1] - range[0]) / size;
  return (value) => range[0] + (value - domain[0]) * slope;
}

/** Steps of 1, 2 or 5 times a power of ten from 0 to at least `most`, about `wanted` of them. */
export function valueTicks(most: number, wanted: number): number[] {
  const top = Number.isFinite(most) && most > 0 ? most : 1;
  const rough = top / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough * 0.999)!;
  const ticks = [0];
  while (ticks[ticks.length - 1]! < top * 0.999) ticks.push(Number((ticks.length * step).toPrecision(12)));
  return ticks;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const TIME_STEPS = [
  SECOND, 5 * SECOND, 10 * SECOND, 30 * SECOND,
  MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
  HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR,
  DAY, 2 * DAY, 5 * DAY, 7 * DAY, 14 * DAY, 30 * DAY,
];

export interface TimeTicks {
  /** Milliseconds between two ticks, but for changes of the clock. */
  step: number;
  times: number[];
}

/**
 * At most `limit` round times within a span, on the local clock: full minutes, hours or midnights.
 *
 * `offset` gives the minutes that the local clock is behind UTC at a time.
 */
export function timeTicks(
  [from, to]: Span,
  limit: number,
  offset: (time: number) => number = (time) => new Date(time).getTimezoneOffset(),
): TimeTicks {
  const most = Math.max(1, limit);
  const step = TIME_STEPS.find((each) => (to - from) / each <= most) ?? (to - from) / most;
  const times: number[] = [];
  const local = (time: number): number => time - offset(time) * MINUTE;
  const first = Math.ceil(local(from) / step) * step;
  for (let tick = first; times.length <= most; tick += step) {
    // The offset at the tick itself: a day with a change of the clock has 23 or 25 hours.
    const time = tick + offset(tick + offset(from) * MINUTE) * MINUTE;
    if (time > to) break;
    if (time >= from) times.push(time);
  }
  return { step, times };
}

/** Whether ticks of this step are days, to be labelled by date. */
export function areDays(step: number): boolean {
  return step >= DAY;
}

export interface Point {
  time: number;
  /** `null`: nothing was measured, and the line has a gap. */
  value: number | null;
}

/**
 * No more than about `limit` points, with every peak and gap kept: of each stretch the lowest, the
 * highest and a gap if there is one, in their order.
 */
export function thinned(points: readonly Point[], limit: number): readonly Point[] {
  if (points.length <= limit || limit < 3) return points;
  const perStretch = Math.ceil(points.length / (limit / 3));
  const kept: Point[] = [];
  for (let start = 0; start < points.length; start += perStretch) {
    const stretch = points.slice(start, start + perStretch);
    const chosen = new Set<Point>();
    let low: Point | null = null;
    let high: Point | null = null;
    for (const point of stretch) {
      if (point.value === null) {
        if (![...chosen].some((each) => each.value === null)) chosen.add(point);
        continue;
      }
      if (!low || point.value < low.value!) low = point;
      if (!high || point.value > high.value!) high = point;
    }
    if (low) chosen.add(low);
    if (high) chosen.add(high);
    kept.push(...[...chosen].sort((a, b) => a.time - b.time));
  }
  return kept;
}

/** The point closest in time; `null` if there are none. Points are in order of time. */
export function nearest<P extends { time: number }>(points: readonly P[], time: number): P | null {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle]!.time < time) low = middle + 1;
    else high = middle;
  }
  const after = points[low];
  const before = points[low - 1];
  if (!after || !before) return after ?? before ?? null;
  return time - before.time <= after.time - time ? before : after;
}
