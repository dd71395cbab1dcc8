export interface UsedDay {
  /** The day's noon in UTC, which is on the same date almost everywhere. */
  time: number;
  sessions: number;
  participantMinutes: number;
}

const DAY = 86_400_000;

/** One entry for each day of UTC from `from` to before `to`: days on which nothing was used too. */
export function everyDay(
  used: readonly { day: string; sessions: number; participantMinutes: number }[],
  from: number,
  to: number,
): UsedDay[] {
  const known = new Map(used.map((each) => [each.day.slice(0, 10), each]));
  const days: UsedDay[] = [];
  for (let start = Math.floor(from / DAY) * DAY; start < to; start += DAY) {
    const found = known.get(new Date(start).toISOString().slice(0, 10));
    days.push({
      time: start + DAY / 2,
      sessions: found?.sessions ?? 0,
      participantMinutes: found?.participantMinutes ?? 0,
    });
  }
  return days;
}
