import { svg } from "../dom";
import { linear } from "../pure/scale";

/** A small line without axes: how something went lately. Values from 0 to `top`. */
export function sparkline(values: readonly (number | null)[], top: number, length: number, tone: string): SVGSVGElement {
  const [width, height] = [72, 22];
  const x = linear([0, length - 1], [1, width - 1]);
  const y = linear([0, top], [height - 2, 2]);
  let path = "";
  let joined = false;
  values.forEach((value, index) => {
    if (value !== null) {
      const at = `${x(length - values.length + index).toFixed(1)} ${y(Math.min(value, top)).toFixed(1)}`;
      path += joined ? `L${at}` : `M${at}h0`;
    }
    joined = value !== null;
  });
  return svg(
    "svg",
    { class: `sparkline ${tone}`, width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" },
    svg("path", { d: path }),
  );
}
