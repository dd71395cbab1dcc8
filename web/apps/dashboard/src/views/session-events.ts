import { Child, element } from "../dom";
import { pager, table } from "../parts/table";
import { clock, moment, words } from "../pure/format";
import type { ParticipantRow } from "../pure/spans";
import type { SessionEvent } from "../resources";

const PER_PAGE = 25;

/** What happened in a session, the latest first. */
export function eventTable(
  events: readonly SessionEvent[],
  rows: readonly ParticipantRow[],
  page: number,
  id: string,
  query: Record<string, string>,
): Child {
  if (events.length === 0) return element("p", { class: "note" }, "Nothing was noted.");
  const names = new Map(rows.map((row) => [row.participantId, row.name]));
  const ordered = [...events].sort((a, b) => b.sequence - a.sequence);
  const lastPage = Math.ceil(ordered.length / PER_PAGE);
  const currentPage = Math.min(page, lastPage);
  const info = { currentPage, perPage: PER_PAGE, lastPage, total: ordered.length };
  return element(
    "div",
    { class: "inset" },
    table(
      "Events",
      [
        { name: "Time", cell: (event) => element("time", { class: "figures" }, clock(moment(event.time) ?? 0, true)) },
        { name: "Event", cell: (event) => element("span", { class: "strong" }, words(event.type)) },
        { name: "Who", cell: (event) => who(event, names) },
        { name: "More", kind: "wide", cell: (event) => element("span", { class: "faint" }, more(event)) },
      ],
      ordered.slice((currentPage - 1) * PER_PAGE, currentPage * PER_PAGE),
      (event) => `event-${event.sequence}`,
    ),
    pager(info, "sessions", query, id),
  );
}

function who({ data = {} }: SessionEvent, names: ReadonlyMap<string, string>): string {
  const id = data.participantId;
  if (typeof id !== "string") return "";
  const name = data.participantName ?? data.name;
  return names.get(id) || (typeof name === "string" && name) || id;
}

/** What is said elsewhere in the row, or is the same for all rows. */
const KNOWN = new Set(["participantId", "participantName", "name", "meetingId", "sessionId", "roomId", "sequence", "eventId", "timestamp", "start", "end"]);

function more({ data = {} }: SessionEvent): string {
  return Object.entries(data)
    .filter(([key, value]) => !KNOWN.has(key) && value !== null && value !== "")
    .map(([key, value]) => said(key, value))
    .filter(Boolean)
    .join(" · ");
}

function said(key: string, value: unknown): string {
  if (typeof value === "object") {
    const { message } = value as { message?: unknown };
    if (typeof message === "string") return words(message);
    return `${spaced(key)}: ${JSON.stringify(value)}`;
  }
  if (key === "kind" || key === "reason") return words(String(value));
  return `${spaced(key)}: ${String(value)}`;
}

function spaced(key: string): string {
  return key.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
}
