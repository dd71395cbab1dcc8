import { API, ifHere } from "../api";
import { participantLegend, participantTimeline } from "../charts/participant-timeline";
import { STATE_WORDS } from "../charts/session-timeline";
import { Child, element } from "../dom";
import { icon } from "../icons";
import { confirm } from "../parts/dialog";
import { tell } from "../parts/copy";
import { card, heading, notHere, pill, tile, tiles } from "../parts/states";
import { clock, count, counted, dateTime, duration, moment, NOTHING, words } from "../pure/format";
import { link, pageNumber } from "../pure/route";
import type { Span } from "../pure/scale";
import { ParticipantRow, participantRows, peak } from "../pure/spans";
import { state } from "../pure/timeline";
import type { ActiveParticipant, Page, Session, SessionEvent, Stats } from "../resources";
import type { View } from "../screen";
import { OutputsOfSession, outputsOfSession, sessionOutputs } from "./session-outputs";
import { eventTable } from "./session-events";
import { qualityGraphs, summaryTiles } from "./session-quality";
import { STATE_TONES } from "./sessions";

/** Milliseconds between two looks while the session goes on. */
const EVERY = 5_000;
/** Events asked for in one request, and requests: what more there is, is in the file. */
const EVENTS_PER_REQUEST = 100;
const MOST_EVENT_REQUESTS = 10;

interface Loaded {
  session: Session;
  rows: ParticipantRow[];
  /** `null`: this server keeps no log of events. */
  events: SessionEvent[] | null;
  /** Of the one chosen, else of the whole session; `null`: this server measures nothing. */
  stats: Stats | null;
  outputs: OutputsOfSession;
}

/** One session: who was there when, what happened, and how good it was. */
export function sessionView(api: API, id: string, query: Record<string, string>, reload: () => void): View<Loaded> {
  const path = `/v2/sessions/${encodeURIComponent(id)}`;
  const person = query.participant || null;
  /** Whether the server has these: what it lacks is not asked for again and again. */
  const has = { events: true, stats: true, outputs: true };
  const statsPath = person ? `${path}/participant/${encodeURIComponent(person)}/stats` : `${path}/stats`;

  async function allEvents(signal: AbortSignal): Promise<SessionEvent[]> {
    const found: SessionEvent[] = [];
    for (let number = 1; number <= MOST_EVENT_REQUESTS; number += 1) {
      const answer = await api.fetched<Page<SessionEvent> | SessionEvent[]>(
        `${path}/events?page=${number}&perPage=${EVENTS_PER_REQUEST}`,
        signal,
      );
      if (Array.isArray(answer)) return answer;
      found.push(...answer.data);
      if (number >= answer.pageInfo.lastPage) break;
    }
    return found;
  }

  async function activeNow(session: Session, signal: AbortSignal): Promise<ActiveParticipant[]> {
    if (session.end !== null) return [];
    const page = await api.fetched<Page<{ participants: ActiveParticipant[] }>>(`${path}/participants/active?perPage=100`, signal);
    return page.data.flatMap((each) => each.participants);
  }

  return {
    title: "Session",
    interval: (data) => (data && data.session.end === null ? EVERY : 0),
    async load(signal) {
      const [session, events, stats, outputs] = await Promise.all([
        api.fetched<Session>(path, signal),
        has.events ? ifHere(allEvents(signal)) : null,
        has.stats ? ifHere(api.fetched<Stats>(statsPath, signal)) : null,
        has.outputs ? ifHere(outputsOfSession(api, id, signal)) : null,
      ]);
      has.events = events !== null;
      has.stats = stats !== null;
      has.outputs = outputs !== null;
      const active = await activeNow(session, signal);
      return { session, events, stats, outputs: outputs ?? [], rows: participantRows(session.participants, active, events ?? []) };
    },
    render({ session, rows, events, stats, outputs }, width) {
      const now = Date.now();
      const start = moment(session.start) ?? now;
      const end = moment(session.end);
      const span: Span = [start, Math.max(end ?? now, start + 1_000)];
      const name = session.customRoomId ?? session.roomId;
      const found = state({ end, endReason: session.endReason ?? null });
      const chosen = rows.find((each) => each.participantId === person);
      return [
        element(
          "nav",
          { class: "crumbs", "aria-label": "Where this is", "data-key": "crumbs" },
          element("a", { href: link("sessions") }, "Sessions"),
          icon("right"),
          element("a", { href: link("sessions", null, { room: session.roomId }) }, name),
        ),
        heading(
          name,
          pill(STATE_WORDS[found], STATE_TONES[found]),
          session.chatLink && file("Chat", () => api.download(`${path}/chat.csv`, `chat-${id}.csv`)),
          end === null && element("button", { class: "button", onclick: () => finish(session, name) }, "End session"),
        ),
        tiles(
          tile("Started", clock(start), dateTime(start, now).split(",")[0]),
          tile(end === null ? "Lasts for" : "Lasted", duration(span[1] - start), end === null ? undefined : `until ${clock(end)}`),
          tile("People", count(rows.length), `at most ${count(peak(rows))} at once`),
          end === null
            ? tile("In it now", count(rows.filter((row) => row.present.some((each) => each.end === null)).length))
            : tile("Ended because", session.endReason ? words(session.endReason) : NOTHING),
        ),
        card(
          element("header", { class: "card-head" }, element("h2", {}, "Who was there"), participantLegend()),
          participantTimeline(rows, span, width - 40, now, person, (each) =>
            link("sessions", id, { ...query, participant: each === person ? null : each }),
          ),
        ),
        sessionOutputs(api, outputs, now, reload),
        card(
          element(
            "header",
            { class: "card-head" },
            element("h2", {}, chosen ? `Quality of ${chosen.name || chosen.participantId}` : "Quality, everybody together"),
            stats && chooser(rows),
            stats && stats.stats.length > 0 && file("CSV", () => api.download(`${statsPath}?format=csv`, `stats-${id}${person ? `-${person}` : ""}.csv`)),
          ),
          stats ? summaryTiles(stats) : null,
          stats ? qualityGraphs(stats, span, width - 40) : notHere(),
        ),
        card(
          element("header", { class: "card-head" }, element("h2", {}, "What happened"),
            events && element("span", { class: "faint" }, counted(events.length, "event", "events"))),
          events ? eventTable(events, rows, pageNumber(query.page), id, query) : notHere(),
        ),
        element("p", { class: "note ids" }, `Session ${session.id} · room ${session.roomId}`),
      ];
    },
  };

  function chooser(rows: readonly ParticipantRow[]): Child {
    const choices = rows.map((row) =>
      element("option", { value: row.participantId, selected: row.participantId === person }, row.name || row.participantId),
    );
    return element(
      "label",
      { class: "chooser" },
      element("span", { class: "unseen" }, "Quality of"),
      element(
        "select",
        {
          onchange: (event: Event) => {
            location.hash = link("sessions", id, { ...query, participant: (event.currentTarget as HTMLSelectElement).value });
          },
        },
        element("option", { value: "", selected: person === null }, "Everybody"),
        ...choices,
      ),
    );
  }

  function finish(session: Session, name: string): void {
    confirm("End this session?", `Everybody in ${name} is taken out of the meeting. They can start a new one.`, "End the session", async () => {
      await api.post("/v2/sessions/end", { roomId: session.roomId, sessionId: session.id });
      tell("Session ended");
      reload();
    });
  }
}

/** A file that is fetched with the token when it is clicked. */
export function file(name: string, fetched: () => Promise<void>): Child {
  return element(
    "button",
    { class: "button", onclick: () => void fetched().catch((error: unknown) => tell(error instanceof Error ? error.message : "This file could not be had")) },
    icon("download"),
    name,
  );
}
