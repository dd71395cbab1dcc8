import type { API } from "../api";
import { sessionTimeline, ShownSession, STATE_WORDS } from "../charts/session-timeline";
import { Child, element } from "../dom";
import { icon } from "../icons";
import { card, emptyState, heading, pill, Tone } from "../parts/states";
import { pager, segments, table } from "../parts/table";
import { clock, count, dateTime, day, duration, moment, NOTHING, words } from "../pure/format";
import { link, pageNumber } from "../pure/route";
import type { Span } from "../pure/scale";
import { BarState, state, Zoom, zoom, ZOOMS } from "../pure/timeline";
import type { Page, Session } from "../resources";
import type { View } from "../screen";

/** Sessions asked for in one request: the most the server gives. */
const PER_REQUEST = 100;
/** Requests for one timeline: a thousand sessions are more than it can show apart. */
const MOST_REQUESTS = 10;
/** Milliseconds before the time shown in which a session that reaches into it may have begun. */
const LOOK_BACK = 86_400_000;
/** Milliseconds between two looks while the present is shown. */
const EVERY = 10_000;

interface Loaded {
  /** Those in the timeline, newest first. */
  shown: ShownSession[];
  /** Whether the timeline has older ones that were not asked for. */
  isCut: boolean;
  page: Page<Session>;
}

export const STATE_TONES: Record<BarState, Tone> = { ongoing: "good", ended: "neutral", broken: "warning" };

/** Sessions on a time axis, and a list of them all. */
export function sessionsView(api: API, query: Record<string, string>): View<Loaded> {
  const chosen: Zoom = zoom(query.zoom);
  const length = ZOOMS[chosen].milliseconds;
  const until = moment(query.until);
  const room = (query.room ?? "").trim();
  const filter = room ? `&roomId=${encodeURIComponent(room)}` : "";
  const page = pageNumber(query.page);

  const span = (): Span => {
    const now = Date.now();
    // A little future, so that what goes on now does not touch the edge.
    const end = until ?? now + length / 40;
    return [end - length, end];
  };

  const list = (number: number, perPage: number, signal: AbortSignal): Promise<Page<Session>> =>
    api.fetched(`/v2/sessions?page=${number}&perPage=${perPage}${filter}`, signal);

  return {
    title: "Sessions",
    interval: () => (until === null ? EVERY : 0),
    async load(signal) {
      const [from] = span();
      const current = list(page, 20, signal);
      current.catch(() => {}); // it is awaited below, after the others
      const shown: ShownSession[] = [];
      let isCut = false;
      for (let number = 1; ; number += 1) {
        const next = await list(number, PER_REQUEST, signal);
        shown.push(...next.data.map(placed));
        // They come by their start, the newest first.
        const last = next.data[next.data.length - 1];
        if (!last || number >= next.pageInfo.lastPage || (moment(last.start) ?? 0) < from - LOOK_BACK) break;
        if ((isCut = number >= MOST_REQUESTS)) break;
      }
      return { shown, isCut, page: await current };
    },
    render({ shown, isCut, page: { data, pageInfo } }, width) {
      const now = Date.now();
      if (pageInfo.total === 0 && !room) {
        return [
          heading("Sessions"),
          emptyState(
            "No session yet",
            "A session begins when the first person enters a room, and ends when the last leaves.",
            element("a", { class: "button primary", href: "/", target: "_blank", rel: "noopener" }, "Start a meeting"),
          ),
        ];
      }
      const [from, to] = span();
      return [
        heading("Sessions", roomFilter(query)),
        card(
          element(
            "header",
            { class: "card-head toolbar" },
            segments(
              "Time shown",
              (Object.keys(ZOOMS) as Zoom[]).map((each) => ({
                label: ZOOMS[each].label,
                href: link("sessions", null, { ...query, zoom: each, page: null }),
                chosen: each === chosen,
              })),
            ),
            element(
              "div",
              { class: "steps" },
              move("left", "Earlier", to - length / 2),
              element("span", { class: "faint range" }, rangeInWords(from, until ?? now)),
              move("right", "Later", to + length / 2, now),
              until !== null && element("a", { class: "button", href: link("sessions", null, { ...query, until: null }) }, "Now"),
            ),
          ),
          sessionTimeline(shown, [from, to], width - 40, now),
          legend(),
          isCut && element("p", { class: "note" }, `The newest ${count(shown.length)} sessions are drawn; earlier ones are in the list.`),
        ),
        data.length === 0
          ? emptyState("No session of this room", `There is no session of “${room}”. The filter takes a room's id or custom id.`,
              element("a", { class: "button", href: link("sessions", null, { ...query, room: null }) }, "Show all rooms"))
          : element("div", { class: "card flush", "data-key": "list" }, sessionTable(data, now), pager(pageInfo, "sessions", query)),
      ];
    },
  };

  function move(sign: "left" | "right", name: string, end: number, now?: number): Child {
    if (now !== undefined && until === null) {
      return element("span", { class: "button square", "aria-disabled": "true" }, icon(sign));
    }
    const at = now !== undefined && end >= now ? null : new Date(end).toISOString();
    return element("a", { class: "button square", "aria-label": name, title: name, href: link("sessions", null, { ...query, until: at }) }, icon(sign));
  }
}

function placed(session: Session): ShownSession {
  return {
    id: session.id,
    roomId: session.roomId,
    roomName: session.customRoomId ?? session.roomId,
    start: moment(session.start) ?? 0,
    end: moment(session.end),
    endReason: session.endReason ?? null,
    people: session.participants.length,
  };
}

function rangeInWords(from: number, to: number): string {
  if (to - from > 2 * 86_400_000) return `${day(from)} – ${day(to)}`;
  return `${dateTime(from)} – ${day(from) === day(to) ? clock(to) : dateTime(to)}`;
}

function legend(): Child {
  return element(
    "span",
    { class: "legend" },
    ...(Object.keys(STATE_WORDS) as BarState[]).map((each) =>
      element("span", {}, element("i", { class: `key state-${each}` }), STATE_WORDS[each]),
    ),
  );
}

function roomFilter(query: Record<string, string>): Child {
  const input = element("input", {
    type: "search",
    name: "room",
    placeholder: "Room id or custom id",
    "aria-label": "Filter by room",
    value: query.room ?? "",
    autocomplete: "off",
    spellcheck: "false",
  });
  return element(
    "form",
    {
      class: "search",
      role: "search",
      onsubmit: (event: Event) => {
        event.preventDefault();
        const value = new FormData(event.currentTarget as HTMLFormElement).get("room");
        location.hash = link("sessions", null, { ...query, room: String(value ?? "").trim(), page: null });
      },
    },
    icon("search"),
    input,
  );
}

function sessionTable(sessions: readonly Session[], now: number): Child {
  return table(
    "Sessions",
    [
      {
        name: "Room",
        cell: (each) => element("a", { class: "strong", href: link("sessions", each.id) }, each.customRoomId ?? each.roomId),
      },
      {
        name: "State",
        cell: (each) => {
          const found = state({ end: moment(each.end), endReason: each.endReason ?? null });
          return pill(STATE_WORDS[found], STATE_TONES[found]);
        },
      },
      { name: "Started", cell: (each) => dateTime(moment(each.start) ?? 0, now) },
      { name: "Lasted", kind: "number", cell: (each) => duration((moment(each.end) ?? now) - (moment(each.start) ?? now)) },
      { name: "People", kind: "number", cell: (each) => count(each.participants.length) },
      { name: "Ended because", cell: (each) => element("span", { class: "faint" }, each.endReason ? words(each.endReason) : NOTHING) },
    ],
    sessions,
    (each) => each.id,
  );
}
