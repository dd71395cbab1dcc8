/** A span of seconds. */
export interface Range {
  start: number;
  end: number;
}

/** Seconds between two pieces that count as none: sound and picture never end at the same moment. */
export const SEAM = 0.15;

/** The piece that is playing at a time, seams closed; `null` if there is none. */
export function rangeAt(ranges: readonly Range[], time: number): Range | null {
  let found: Range | null = null;
  for (const { start, end } of ranges) {
    if (found && start <= found.end + SEAM) found = { start: found.start, end: Math.max(found.end, end) };
    else if (!found && start <= time + SEAM && end > time) found = { start, end };
  }
  return found;
}

/** Seconds that can be played from a time on. */
export function ahead(ranges: readonly Range[], time: number): number {
  return Math.max(0, (rangeAt(ranges, time)?.end ?? time) - time);
}

/** The beginning of the first piece after a time; `null` if there is none. */
export function nextStart(ranges: readonly Range[], time: number): number | null {
  return ranges.find(({ start }) => start > time)?.start ?? null;
}

/** Both at once: what can be played if each of two tracks has these. */
export function both(some: readonly Range[], others: readonly Range[]): Range[] {
  const found: Range[] = [];
  for (const one of some) {
    for (const other of others) {
      const [start, end] = [Math.max(one.start, other.start), Math.min(one.end, other.end)];
      if (end > start) found.push({ start, end });
    }
  }
  return found.sort((one, other) => one.start - other.start);
}
