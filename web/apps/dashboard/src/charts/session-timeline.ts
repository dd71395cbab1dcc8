import { Child, element, svg } from "../dom";
import { hideTooltip, showTooltip, tooltipRows } from "../parts/tooltip";
import { counted, dateTime, duration, words } from "../pure/format";
import { link } from "../pure/route";
import { linear, Span } from "../pure/scale";
import { Bar, BarState, lanes, TimelineSession } from "../pure/timeline";
import { fitted, Frame, timeAxis } from "./axis";

export interface ShownSession extends TimelineSession {
  people: number;
}

export const STATE_WORDS: Record<BarState, string> = {
  ongoing: "Ongoing",
  ended: "Ended",
  broken: "Cut off by the server",
};

/** Rooms that have a lane; more would be a wall, and a filter finds the others. */
const MOST_LANES = 14;
const AXIS = 30;
const ROW = 26;
const LANE_GAP = 8;
const LANE_INSET = 5;
/** Pixels of page below which the rooms' names stand above their lanes. */
const NARROW = 620;

/** Sessions as bars on a time axis, a lane for each room. */
export function sessionTimeline(
  sessions: readonly ShownSession[],
  span: Span,
  width: number,
  now: number,
): HTMLElement {
  const narrow = width < NARROW;
  const left = narrow ? 0 : 168;
  const { lanes: shown, left: others } = lanes(sessions, span, width - left, now, MOST_LANES);
  const titleHeight = narrow ? 20 : 0;
  let y = AXIS;
  const placed = shown.map((lane) => {
    const top = y + titleHeight;
    const height = lane.rows * ROW + 2 * LANE_INSET;
    y = top + height + LANE_GAP;
    return { lane, top, height };
  });
  const height = Math.max(AXIS + 90, y + 2);
  const frame: Frame = { left, right: 0, top: AXIS - 4, bottom: LANE_GAP, width, height };
  const x = linear(span, [left, width]);

  const plot = svg(
    "svg",
    { class: "timeline", width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": "Sessions over time" },
    ...placed.flatMap(({ lane, top, height: laneHeight }) => [
      svg("rect", { class: "lane", "data-key": `lane-${lane.roomId}`, x: left, y: top, width: width - left, height: laneHeight, rx: 8 }),
    ]),
    ...timeAxis(span, frame, "above"),
    ...placed.map(({ lane, top, height: laneHeight }) =>
      svg(
        "g",
        { role: "group", "aria-label": `Room ${lane.roomName}`, "data-key": `room-${lane.roomId}` },
        svg(
          "text",
          { class: "lane-name", x: narrow ? 2 : 0, y: narrow ? top - 6 : top + laneHeight / 2 + 4 },
          fitted(lane.roomName, (narrow ? width : left) - 16),
          svg("title", {}, lane.roomName),
        ),
        ...lane.bars.map((bar) => drawn(bar, left, top + LANE_INSET + bar.row * ROW, now)),
      ),
    ),
    now >= span[0] && now <= span[1]
      ? svg("line", { class: "now", x1: x(now) - 1, x2: x(now) - 1, y1: AXIS - 4, y2: height - LANE_GAP })
      : null,
    shown.length === 0 &&
      svg("text", { class: "nothing", x: width / 2, y: height / 2 + 12, "text-anchor": "middle" }, "No session in this time"),
  );
  return element(
    "div",
    { class: "timeline-place", "data-key": "timeline" },
    plot,
    others > 0 &&
      element("p", { class: "note" }, `${counted(others, "more room has", "more rooms have")} sessions in this time. Filter by a room to see it.`),
  );
}

function drawn(bar: Bar<ShownSession>, left: number, top: number, now: number): Child {
  const { session, state } = bar;
  const lasted = duration((session.end ?? now) - session.start);
  const people = counted(session.people, "person", "people");
  const tip = (event: Event, spoken: boolean): void => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const x = event instanceof PointerEvent ? event.clientX : box.left + box.width / 2;
    const rows: [string, string][] = [
      ["State", STATE_WORDS[state]],
      ["Started", dateTime(session.start)],
      ["Lasted", session.end === null ? `${lasted} so far` : lasted],
      ["People", String(session.people)],
    ];
    if (session.endReason) rows.push(["Because", words(session.endReason)]);
    showTooltip(x, box.top, tooltipRows(session.roomName, rows), spoken);
  };
  const roomForText = bar.width - 16;
  const label = [`${people} · ${lasted}`, lasted].find((each) => each.length * 6.9 <= roomForText);
  return svg(
    "a",
    {
      class: `session-bar ${state}`,
      href: link("sessions", session.id),
      "data-key": session.id,
      "aria-label": `${STATE_WORDS[state]}, started ${dateTime(session.start)}, ${lasted}, ${people}`,
      onpointerenter: (event: Event) => tip(event, false),
      onpointerleave: hideTooltip,
      onfocus: (event: Event) => tip(event, true),
      onblur: hideTooltip,
    },
    svg("rect", {
      x: (left + bar.x).toFixed(1),
      y: top + 1,
      width: bar.width.toFixed(1),
      height: ROW - 2,
      rx: Math.min(5, bar.width / 2),
    }),
    label ? svg("text", { x: (left + bar.x + 8).toFixed(1), y: top + ROW / 2 + 4 }, label) : null,
  );
}
