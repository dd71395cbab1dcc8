import { Child, element, svg } from "../dom";
import { hideTooltip, showTooltip, tooltipRows } from "../parts/tooltip";
import { clock, NOTHING } from "../pure/format";
import { linear, nearest, Point, Span, thinned, valueTicks } from "../pure/scale";
import { Frame, timeAxis, valueAxis } from "./axis";
import { asTable } from "./table-alternative";

export interface Series {
  name: string;
  /** 1 to 4: which colour. */
  colour: 1 | 2 | 3 | 4;
  /** In order of time. */
  points: readonly Point[];
}

export interface LineChart {
  title: string;
  /** What it shows, for those who do not see it. */
  description: string;
  series: readonly Series[];
  span: Span;
  width: number;
  /** The top of the scale at least. */
  least: number;
  /** The scale, where it is always the same. */
  ticks?: readonly number[];
  /** A value with its unit. */
  value(value: number): string;
  /** A label of the scale. */
  tick(value: number): string;
}

const HEIGHT = 168;
/** Milliseconds: measurements further apart have a gap between them. */
const LONGEST_STEP = 90_000;

/** Lines over time. Charts inside one `data-cursors` element show the same moment. */
export function lineChart(chart: LineChart): HTMLElement {
  const shown = chart.series.filter(({ points }) => points.some(({ value }) => value !== null));
  const top = Math.max(chart.least, ...shown.flatMap(({ points }) => points.map(({ value }) => value ?? 0)));
  const ticks = chart.ticks ?? valueTicks(top, 4);
  const frame: Frame = { left: 56, right: 8, top: 10, bottom: 26, width: chart.width, height: HEIGHT };
  const x = linear(chart.span, [frame.left, frame.width - frame.right]);
  const y = linear([0, ticks[ticks.length - 1]!], [HEIGHT - frame.bottom, frame.top]);

  const cursor = svg("g", { class: "cursor", "data-own": true });
  const moments = momentsOf(shown);
  const plot = svg(
    "svg",
    {
      class: "chart",
      width: chart.width,
      height: HEIGHT,
      viewBox: `0 0 ${chart.width} ${HEIGHT}`,
      role: "img",
      tabindex: 0,
      "aria-label": `${chart.title}. ${chart.description}`,
      onpointermove: (event: PointerEvent) => point(event.currentTarget as Element, event, timeAt(event)),
      onpointerleave: (event: PointerEvent) => clear(event.currentTarget as Element),
      onblur: (event: FocusEvent) => clear(event.currentTarget as Element),
      onkeydown: (event: KeyboardEvent) => step(event),
      oncursor: (event: CustomEvent<number | null>) => mark(event.currentTarget as Element, event.detail),
    },
    ...valueAxis(ticks, frame, chart.tick),
    ...timeAxis(chart.span, frame, "below"),
    ...shown.map(({ points, colour }) =>
      svg("path", { class: `line series-${colour}`, d: path(thinned(points, chart.width * 2), x, y) }),
    ),
    cursor,
  );

  const timeAt = (event: PointerEvent): number => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const inverse = linear([frame.left, frame.width - frame.right], chart.span);
    return inverse(event.clientX - box.left);
  };

  const point = (target: Element, at: { clientX: number; clientY: number }, time: number, spoken = false): void => {
    const moment = nearest(moments, time);
    if (!moment) return;
    for (const each of cursorsBeside(target)) each.dispatchEvent(new CustomEvent("cursor", { detail: moment.time }));
    showTooltip(at.clientX, at.clientY, tooltipRows(clock(moment.time, true), rowsAt(moment.time)), spoken);
  };

  const rowsAt = (time: number): [string, string, string][] =>
    shown.map(({ name, colour, points }) => {
      const found = nearest(points, time)?.value ?? null;
      return [name, found === null ? NOTHING : chart.value(found), `series-${colour}`];
    });

  const clear = (target: Element): void => {
    hideTooltip();
    for (const each of cursorsBeside(target)) each.dispatchEvent(new CustomEvent("cursor", { detail: null }));
  };

  /** Arrow keys walk from measurement to measurement. */
  const step = (event: KeyboardEvent): void => {
    const direction = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (direction === 0 || moments.length === 0) return;
    event.preventDefault();
    const target = event.currentTarget as SVGElement;
    const at = Number(target.querySelector(".cursor")?.getAttribute("data-time") ?? NaN);
    const index = moments.findIndex(({ time }) => time === at);
    const next = moments[Math.min(moments.length - 1, Math.max(0, index < 0 ? moments.length - 1 : index + direction))]!;
    const box = target.getBoundingClientRect();
    point(target, { clientX: box.left + x(next.time), clientY: box.top + 20 }, next.time, true);
  };

  const mark = (target: Element, time: number | null): void => {
    const own = target.querySelector(".cursor");
    if (!own) return;
    if (time === null) {
      own.replaceChildren();
      own.removeAttribute("data-time");
      return;
    }
    own.setAttribute("data-time", String(time));
    own.replaceChildren(
      svg("line", { x1: x(time), x2: x(time), y1: frame.top, y2: HEIGHT - frame.bottom }),
      ...shown.flatMap(({ points, colour }) => {
        const found = nearest(points, time);
        if (!found || found.value === null) return [];
        return [svg("circle", { class: `dot series-${colour}`, cx: x(found.time), cy: y(found.value), r: 3.5 })];
      }),
    );
  };

  return element(
    "figure",
    { class: "figure" },
    element("figcaption", {}, element("strong", {}, chart.title), legend(shown)),
    shown.length > 0 ? plot : element("p", { class: "note" }, "Nothing was measured."),
    shown.length > 0 &&
      asTable(
        chart.title,
        ["Time", ...shown.map(({ name }) => name)],
        () => moments.map(({ time }) => [clock(time, true), ...rowsAt(time).map(([, value]) => value)]),
      ),
  );
}

function legend(series: readonly Series[]): Child {
  if (series.length < 2) return null;
  return element(
    "span",
    { class: "legend" },
    ...series.map(({ name, colour }) => element("span", {}, element("i", { class: `key series-${colour}` }), name)),
  );
}

function cursorsBeside(target: Element): Element[] {
  const group = target.closest("[data-cursors]");
  return group ? Array.from(group.querySelectorAll("svg.chart")) : [target];
}

/** All moments at which anything was measured, in order. */
function momentsOf(series: readonly Series[]): { time: number }[] {
  const times = new Set(series.flatMap(({ points }) => points.map(({ time }) => time)));
  return [...times].sort((a, b) => a - b).map((time) => ({ time }));
}

function path(points: readonly Point[], x: (time: number) => number, y: (value: number) => number): string {
  let text = "";
  let last: Point | null = null;
  for (const point of points) {
    if (point.value !== null) {
      const joined = last && last.value !== null && point.time - last.time <= LONGEST_STEP;
      const at = `${x(point.time).toFixed(1)} ${y(point.value).toFixed(1)}`;
      // A point alone is a line of no length with round ends: a dot.
      text += joined ? `L${at}` : `M${at}h0`;
    }
    last = point;
  }
  return text;
}
