import { choiceOf } from "./route";
import type { Span } from "./scale";

/** What the timeline needs of a session. */
export interface TimelineSession {
  id: string;
  roomId: string;
  roomName: string;
  start: number;
  /** `null` while it goes on. */
  end: number | null;
  endReason: string | null;
}

export type BarState = "ongoing" | "ended" | "broken";

export interface Bar<Session> {
  session: Session;
  state: BarState;
  /** Pixels from the left edge of the lane. */
  x: number;
  width: number;
  /** Which of the lane's rows: more than one only where bars would lie over another. */
  row: number;
}

export interface Lane<Session> {
  roomId: string;
  roomName: string;
  rows: number;
  bars: Bar<Session>[];
}

/** Pixels: a shorter session is still seen, and hit by a finger's tip beside it. */
export const MINIMUM_BAR_WIDTH = 4;
/** Pixels between two bars of a row. */
const BAR_GAP = 1;

/**
 * One lane for each room that has a session within `span`, the room with the latest session first.
 *
 * At most `limit` lanes; how many rooms have none is `left`.
 */
export function lanes<Session extends TimelineSession>(
  sessions: readonly Session[],
  span: Span,
  width: number,
  now: number,
  limit: number,
): { lanes: Lane<Session>[]; left: number } {
  const scale = width / (span[1] - span[0]);
  const rooms = new Map<string, Session[]>();
  for (const session of sessions) {
    const end = session.end ?? Math.max(now, session.start);
    if (end < span[0] || session.start > span[1]) continue;
    const room = rooms.get(session.roomId);
    if (room) room.push(session);
    else rooms.set(session.roomId, [session]);
  }
  const latest = (each: Session[]): number => Math.max(...each.map((session) => session.end ?? Infinity));
  const ordered = [...rooms.values()].sort((a, b) => {
    const [left, right] = [latest(a), latest(b)];
    if (left !== right) return left > right ? -1 : 1;
    return a[0]!.roomName.localeCompare(b[0]!.roomName);
  });
  const shown = ordered.slice(0, limit).map((room): Lane<Session> => {
    const rowEnds: number[] = [];
    const bars = [...room]
      .sort((a, b) => a.start - b.start)
      .map((session): Bar<Session> => {
        const from = Math.max(span[0], session.start);
        const to = Math.min(span[1], session.end ?? Math.max(now, session.start));
        const barWidth = Math.max(MINIMUM_BAR_WIDTH, (to - from) * scale);
        const x = Math.max(0, Math.min((from - span[0]) * scale, width - barWidth));
        let row = rowEnds.findIndex((end) => x >= end + BAR_GAP);
        // Sessions of one room follow one another; what only seems to overlap at this zoom stays.
        if (row < 0 && rowEnds.length === 1 && !overlaps(room, session)) row = 0;
        if (row < 0) row = rowEnds.length < 3 ? rowEnds.length : 2;
        rowEnds[row] = x + barWidth;
        return { session, state: state(session), x, width: barWidth, row };
      });
    return { roomId: room[0]!.roomId, roomName: room[0]!.roomName, rows: rowEnds.length, bars };
  });
  return { lanes: shown, left: ordered.length - shown.length };
}

function overlaps(room: readonly TimelineSession[], session: TimelineSession): boolean {
  return room.some(
    (other) =>
      other !== session &&
      other.start < (session.end ?? Infinity) &&
      session.start < (other.end ?? Infinity),
  );
}

/** How a session is coloured: an end that nobody wished for is told apart. */
export function state(session: { end: number | null; endReason: string | null }): BarState {
  if (session.end === null) return "ongoing";
  return session.endReason === "server-crashed" || session.endReason === "server-stopped" ? "broken" : "ended";
}

export const ZOOMS = {
  "1h": { label: "1 h", milliseconds: 3_600_000 },
  "8h": { label: "8 h", milliseconds: 8 * 3_600_000 },
  "24h": { label: "24 h", milliseconds: 86_400_000 },
  "7d": { label: "7 d", milliseconds: 7 * 86_400_000 },
  "30d": { label: "30 d", milliseconds: 30 * 86_400_000 },
} as const;

export type Zoom = keyof typeof ZOOMS;

export function zoom(text: string | undefined): Zoom {
  return choiceOf(ZOOMS, text) ?? "24h";
}
