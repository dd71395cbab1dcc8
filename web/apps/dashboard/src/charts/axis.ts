import { Child, svg } from "../dom";
import { clock, day } from "../pure/format";
import { areDays, linear, Span, timeTicks } from "../pure/scale";

/** Pixels around the plot of a chart. */
export interface Frame {
  left: number;
  right: number;
  top: number;
  bottom: number;
  width: number;
  height: number;
}

/** Pixels between two labels of times, so that they never touch. */
const TIME_LABEL_ROOM = 74;

/**
 * Lines and labels of times.
 *
 * `side` says whether the labels stand above or below the plot.
 */
export function timeAxis(span: Span, frame: Frame, side: "above" | "below"): Child[] {
  const x = linear(span, [frame.left, frame.width - frame.right]);
  const limit = Math.max(2, Math.floor((frame.width - frame.left - frame.right) / TIME_LABEL_ROOM));
  const { step, times } = timeTicks(span, limit);
  const bottom = frame.height - frame.bottom;
  return times.flatMap((time) => {
    const at = crisp(x(time));
    const isMidnight = !areDays(step) && new Date(time).getHours() === 0 && new Date(time).getMinutes() === 0;
    const label = areDays(step) || isMidnight ? day(time) : clock(time, step < 60_000);
    return [
      svg("line", { class: isMidnight ? "grid strong" : "grid", x1: at, x2: at, y1: frame.top, y2: bottom }),
      svg(
        "text",
        {
          class: "tick",
          // At the edges the label stays inside the picture.
          x: Math.min(Math.max(at, 20), frame.width - 20),
          y: side === "above" ? frame.top - 9 : bottom + 18,
          "text-anchor": "middle",
        },
        label,
      ),
    ];
  });
}

/** Lines and labels of values; `ticks` go from 0 to the top of the plot. */
export function valueAxis(ticks: readonly number[], frame: Frame, label: (value: number) => string): Child[] {
  const y = linear([0, ticks[ticks.length - 1] ?? 1], [frame.height - frame.bottom, frame.top]);
  return ticks.flatMap((tick) => {
    const at = crisp(y(tick));
    return [
      svg("line", { class: tick === 0 ? "grid strong" : "grid", x1: frame.left, x2: frame.width - frame.right, y1: at, y2: at }),
      svg("text", { class: "tick", x: frame.left - 8, y: at + 4, "text-anchor": "end" }, label(tick)),
    ];
  });
}

/** The middle of a pixel: a line of one pixel there is sharp. */
export function crisp(value: number): number {
  return Math.round(value) + 0.5;
}

/** A text cut to about so many pixels, at 12 pixels a line. */
export function fitted(text: string, pixels: number): string {
  const limit = Math.max(3, Math.floor(pixels / 7.4));
  return text.length <= limit ? text : `${text.slice(0, limit - 1).trimEnd()}…`;
}
