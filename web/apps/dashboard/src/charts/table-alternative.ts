import { element } from "../dom";

/** Rows that a table beside a chart has at most; the file to download has all of them. */
const MOST_ROWS = 400;

/** The values of a chart as a table, made when it is unfolded. */
export function asTable(title: string, names: readonly string[], rows: () => string[][]): HTMLElement {
  const fold = element(
    "details",
    {
      class: "as-table",
      ontoggle: (event: Event) => {
        const target = event.currentTarget as HTMLDetailsElement;
        target.querySelector(".table-place")!.replaceChildren(...(target.open ? [made()] : []));
      },
    },
    element("summary", {}, "Show as a table"),
    element("div", { class: "table-place", "data-own": true }),
  );
  const made = (): HTMLElement => {
    const all = rows();
    const shown = all.slice(-MOST_ROWS);
    return element(
      "table",
      {},
      element("caption", {}, shown.length < all.length ? `${title}: the last ${MOST_ROWS} of ${all.length}` : title),
      element("thead", {}, element("tr", {}, ...names.map((name) => element("th", { scope: "col" }, name)))),
      element("tbody", {}, ...shown.map((row) => element("tr", {}, ...row.map((text) => element("td", {}, text))))),
    );
  };
  return fold;
}
