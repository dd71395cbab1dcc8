import { moment } from "./format";
import type { ActiveParticipant, SessionEvent, SessionParticipant, Timelog } from "../resources";

/** What a participant can have on. */
export const STREAM_KINDS = ["audio", "video", "share"] as const;
export type StreamKind = (typeof STREAM_KINDS)[number];

/** A stretch of time; `end` is `null` while it lasts. */
export interface Stretch {
  start: number;
  end: number | null;
}

export interface ParticipantRow {
  participantId: string;
  name: string;
  present: Stretch[];
  streams: Record<StreamKind, Stretch[]>;
}

/**
 * When each participant was there and what they had on.
 *
 * Presence comes from the session's record. Streams come from the server's own log of those who are
 * there (`active`) where it has them, else from the session's events; a stream whose end was never
 * told ends when its participant leaves.
 */
export function participantRows(
  participants: readonly SessionParticipant[],
  active: readonly ActiveParticipant[],
  events: readonly SessionEvent[],
): ParticipantRow[] {
  const byEvents = streamsOf(events);
  const byActive = new Map(active.map((each) => [each.participantId, each.events]));
  return participants.map((each) => {
    const present = stretches(each.timelog);
    const logged = byActive.get(each.participantId);
    const told = byEvents.get(each.participantId);
    const choose = (log: Timelog[] | undefined, kind: StreamKind): Stretch[] => {
      const found = log && log.length > 0 ? stretches(log) : (told?.[kind] ?? []);
      return found.map((stretch) => within(stretch, present));
    };
    return {
      participantId: each.participantId,
      name: each.name,
      present,
      streams: {
        audio: choose(logged?.mic, "audio"),
        video: choose(logged?.webcam, "video"),
        share: choose(logged?.screenShare, "share"),
      },
    };
  });
}

function stretches(timelog: readonly Timelog[]): Stretch[] {
  return timelog.flatMap(({ start, end }) => {
    const from = moment(start);
    return from === null ? [] : [{ start: from, end: moment(end) }];
  });
}

/** Cuts a stretch off where its participant left. */
function within(stretch: Stretch, present: readonly Stretch[]): Stretch {
  if (stretch.end !== null) return stretch;
  const presence = [...present].reverse().find((each) => each.start <= stretch.start);
  return presence ? { start: stretch.start, end: presence.end } : stretch;
}

function streamsOf(events: readonly SessionEvent[]): Map<string, Record<StreamKind, Stretch[]>> {
  const found = new Map<string, Record<StreamKind, Stretch[]>>();
  for (const event of events) {
    const enabled = event.type === "stream-enabled";
    if (!enabled && event.type !== "stream-disabled" && event.type !== "participant-left") continue;
    const id = text(event.data, "participantId");
    const time = moment(event.time);
    if (id === null || time === null) continue;
    let streams = found.get(id);
    if (!streams) found.set(id, (streams = { audio: [], video: [], share: [] }));
    const kind = text(event.data, "kind");
    const kinds =
      event.type === "participant-left" ? STREAM_KINDS : STREAM_KINDS.filter((each) => each === kind);
    for (const each of kinds) {
      const last = streams[each][streams[each].length - 1];
      if (last && last.end === null) last.end = enabled ? last.end : time;
      else if (enabled) streams[each].push({ start: time, end: null });
    }
  }
  return found;
}

function text(data: Record<string, unknown> | undefined, name: string): string | null {
  const value = data?.[name];
  return typeof value === "string" ? value : null;
}

/** The most that were there at once. */
export function peak(rows: readonly ParticipantRow[]): number {
  const changes = rows.flatMap(({ present }) =>
    present.flatMap(({ start, end }) => [
      { time: start, by: 1 },
      { time: end ?? Infinity, by: -1 },
    ]),
  );
  // Who leaves at the very moment another comes was not there with them.
  changes.sort((a, b) => (a.time === b.time ? a.by - b.by : a.time < b.time ? -1 : 1));
  let there = 0;
  let most = 0;
  for (const { by } of changes) most = Math.max(most, (there += by));
  return most;
}
