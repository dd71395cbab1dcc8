import { element, svg } from "../dom";
import { hideTooltip, showTooltip, tooltipRows } from "../parts/tooltip";
import { linear, valueTicks } from "../pure/scale";
import { Frame, valueAxis } from "./axis";
import { asTable } from "./table-alternative";

export interface BarChart {
  title: string;
  description: string;
  /** What the bars count. */
  unit: string;
  bars: readonly { label: string; value: number }[];
  colour: 1 | 2 | 3 | 4;
  width: number;
  tick(value: number): string;
}

const HEIGHT = 200;
/** Pixels between two labels under the bars. */
const LABEL_ROOM = 58;

/** A bar for each day, or whatever else is counted. */
export function barChart(chart: BarChart): HTMLElement {
  const ticks = valueTicks(Math.max(1, ...chart.bars.map(({ value }) => value)), 4);
  const frame: Frame = { left: 52, right: 4, top: 10, bottom: 26, width: chart.width, height: HEIGHT };
  const bottom = HEIGHT - frame.bottom;
  const y = linear([0, ticks[ticks.length - 1]!], [bottom, frame.top]);
  const slot = (frame.width - frame.left - frame.right) / Math.max(1, chart.bars.length);
  const barWidth = Math.max(1, Math.min(44, slot * 0.72));
  const every = Math.max(1, Math.ceil(LABEL_ROOM / slot));

  const tip = (event: Event, bar: { label: string; value: number }, spoken: boolean): void => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const rows: [string, string][] = [[chart.unit, chart.tick(bar.value)]];
    showTooltip(box.left + box.width / 2, box.bottom - (bottom - y(bar.value)) - 4, tooltipRows(bar.label, rows), spoken);
  };

  const plot = svg(
    "svg",
    {
      class: "chart",
      width: chart.width,
      height: HEIGHT,
      viewBox: `0 0 ${chart.width} ${HEIGHT}`,
      role: "group",
      "aria-label": `${chart.title}. ${chart.description}`,
    },
    ...valueAxis(ticks, frame, chart.tick),
    ...chart.bars.flatMap((bar, index) => {
      const middle = frame.left + slot * (index + 0.5);
      const height = bar.value > 0 ? Math.max(2, bottom - y(bar.value)) : 0;
      return [
        svg(
          "g",
          {
            class: "bar",
            tabindex: 0,
            role: "img",
            "aria-label": `${bar.label}: ${chart.tick(bar.value)} ${chart.unit}`,
            onpointerenter: (event: Event) => tip(event, bar, false),
            onpointerleave: hideTooltip,
            onfocus: (event: Event) => tip(event, bar, true),
            onblur: hideTooltip,
          },
          // The whole height can be pointed at, not only the bar.
          svg("rect", { class: "target", x: middle - slot / 2, y: frame.top, width: slot, height: bottom - frame.top }),
          svg("path", { class: `series-${chart.colour}`, d: column(middle - barWidth / 2, bottom, barWidth, height) }),
        ),
        (chart.bars.length - 1 - index) % every === 0 &&
          svg("text", { class: "tick", x: Math.min(middle, frame.width - 21), y: bottom + 18, "text-anchor": "middle" }, bar.label),
      ];
    }),
  );
  return element(
    "figure",
    { class: "figure" },
    element("figcaption", {}, element("strong", {}, chart.title)),
    plot,
    asTable(chart.title, ["Day", chart.unit], () => chart.bars.map(({ label, value }) => [label, chart.tick(value)])),
  );
}

/** A column that stands on `bottom`, its upper corners round. */
function column(x: number, bottom: number, width: number, height: number): string {
  if (height <= 0) return "";
  const r = Math.min(4, width / 2, height);
  return (
    `M${x.toFixed(1)} ${bottom}v${-(height - r)}q0 ${-r} ${r} ${-r}` +
    `h${(width - 2 * r).toFixed(1)}q${r} 0 ${r} ${r}v${height - r}z`
  );
}
