import { Child, element, svg } from "../dom";
import { hideTooltip, showTooltip, tooltipRows } from "../parts/tooltip";
import { clock, counted, duration } from "../pure/format";
import { linear, Span } from "../pure/scale";
import { ParticipantRow, Stretch, STREAM_KINDS, StreamKind } from "../pure/spans";
import { fitted, Frame, timeAxis } from "./axis";

export const STREAM_WORDS: Record<StreamKind, string> = {
  audio: "Microphone",
  video: "Camera",
  share: "Screen",
};

/** People who have a row; the list of a larger session is in its file. */
const MOST_ROWS = 60;
const AXIS = 30;
const ROW = 40;
const NARROW = 560;

/** When each participant was there, and within that when their streams were on. */
export function participantTimeline(
  rows: readonly ParticipantRow[],
  span: Span,
  width: number,
  now: number,
  chosen: string | null,
  href: (participantId: string) => string,
): HTMLElement {
  const narrow = width < NARROW;
  const left = narrow ? 0 : 168;
  const rowHeight = narrow ? ROW + 18 : ROW;
  const shown = rows.slice(0, MOST_ROWS);
  const height = AXIS + shown.length * rowHeight + 6;
  const frame: Frame = { left, right: 0, top: AXIS - 4, bottom: 6, width, height };
  const x = linear(span, [left, width]);
  const place = (stretch: Stretch): { at: number; length: number } => {
    const at = Math.max(left, x(stretch.start));
    return { at, length: Math.max(3, Math.min(width, x(stretch.end ?? now)) - at) };
  };
  const plot = svg(
    "svg",
    { class: "timeline people", width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": "Participants over time" },
    ...timeAxis(span, frame, "above"),
    ...shown.map((row, index) => {
      const top = AXIS + index * rowHeight + (narrow ? 20 : 4);
      const band = ROW - 10;
      return svg(
        "a",
        {
          class: row.participantId === chosen ? "person chosen" : "person",
          href: href(row.participantId),
          "data-key": row.participantId,
          "aria-label": spoken(row, now),
          "aria-current": row.participantId === chosen ? "true" : undefined,
          onpointermove: (event: PointerEvent) => showTooltip(event.clientX, event.clientY, tip(row, now)),
          onpointerleave: hideTooltip,
          onfocus: (event: FocusEvent) => {
            const box = (event.currentTarget as Element).getBoundingClientRect();
            showTooltip(box.left + left, box.top, tip(row, now));
          },
          onblur: hideTooltip,
        },
        svg("rect", { class: "target", x: 0, y: top - (narrow ? 18 : 3), width, height: rowHeight - 2, rx: 8 }),
        svg(
          "text",
          { class: "lane-name", x: narrow ? 2 : 8, y: narrow ? top - 4 : top + band / 2 + 4 },
          fitted(row.name || row.participantId, (narrow ? width : left) - 24),
        ),
        ...row.present.map((stretch) => {
          const { at, length } = place(stretch);
          return svg("rect", { class: "presence", x: at.toFixed(1), y: top, width: length.toFixed(1), height: band, rx: 6 });
        }),
        ...STREAM_KINDS.flatMap((kind, line) =>
          row.streams[kind].map((stretch) => {
            const { at, length } = place(stretch);
            return svg("rect", { class: `stream ${kind}`, x: at.toFixed(1), y: top + 5 + line * 7.5, width: length.toFixed(1), height: 5, rx: 2.5 });
          }),
        ),
      );
    }),
  );
  return element(
    "div",
    { class: "timeline-place" },
    plot,
    rows.length > MOST_ROWS && element("p", { class: "note" }, `${counted(rows.length - MOST_ROWS, "more person was", "more people were")} there.`),
  );
}

export function participantLegend(): Child {
  return element(
    "span",
    { class: "legend" },
    element("span", {}, element("i", { class: "key presence" }), "There"),
    ...STREAM_KINDS.map((kind) => element("span", {}, element("i", { class: `key stream ${kind}` }), STREAM_WORDS[kind])),
  );
}

function total(stretches: readonly Stretch[], now: number): string {
  return duration(stretches.reduce((sum, { start, end }) => sum + (end ?? now) - start, 0));
}

function tip(row: ParticipantRow, now: number): Child[] {
  const visits = row.present.map(({ start, end }) => `${clock(start, true)} – ${end === null ? "now" : clock(end, true)}`);
  const lines: [string, string, string?][] = [["There", visits.slice(0, 3).join(", ") + (visits.length > 3 ? ", …" : "")]];
  for (const kind of STREAM_KINDS) {
    if (row.streams[kind].length > 0) lines.push([STREAM_WORDS[kind], total(row.streams[kind], now), `stream ${kind}`]);
  }
  return tooltipRows(row.name || row.participantId, lines);
}

function spoken(row: ParticipantRow, now: number): string {
  const streams = STREAM_KINDS.filter((kind) => row.streams[kind].length > 0)
    .map((kind) => `${STREAM_WORDS[kind].toLowerCase()} on for ${total(row.streams[kind], now)}`)
    .join(", ");
  return `${row.name}: there for ${total(row.present, now)}${streams ? `, ${streams}` : ""}`;
}
