import { Child, element } from "../dom";
import { link, ViewName } from "../pure/route";
import { count, NOTHING } from "../pure/format";
import { icon } from "../icons";
import type { PageInfo } from "../resources";

export interface Column<Row> {
  name: string;
  /** `number`: aligned right; `actions`: the last, without a name above. */
  kind?: "number" | "actions" | "wide";
  cell(row: Row): Child | Child[];
}

/** A table; on a narrow screen each row becomes a card of its own. */
export function table<Row>(
  caption: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  key: (row: Row) => string,
): HTMLElement {
  return element(
    "div",
    { class: "table", "data-key": `table-${caption}` },
    element(
      "table",
      {},
      element("caption", { class: "unseen" }, caption),
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          ...columns.map(({ name, kind }) =>
            element("th", { scope: "col", class: kind }, kind === "actions" ? element("span", { class: "unseen" }, name) : name),
          ),
        ),
      ),
      element(
        "tbody",
        {},
        ...rows.map((row) =>
          element(
            "tr",
            { "data-key": key(row) },
            ...columns.map(({ name, kind, cell }) => {
              const content = cell(row);
              const made = element("td", { class: kind, "data-label": name }, ...(Array.isArray(content) ? content : [content]));
              const isEmpty = made.textContent === "" && !made.querySelector("button, a");
              if (made.textContent === NOTHING || isEmpty) made.classList.add("nothing");
              return made;
            }),
          ),
        ),
      ),
    ),
  );
}

/** Which part of a list is shown, and the ways to its other parts; nothing if all of it is. */
export function pager(info: PageInfo, view: ViewName, query: Record<string, string>, id: string | null = null): Child {
  const { currentPage, perPage, lastPage, total } = info;
  if (lastPage <= 1) return null;
  const first = (currentPage - 1) * perPage + 1;
  const step = (page: number, name: string, shown: Child[]): HTMLElement =>
    page >= 1 && page <= lastPage
      ? element("a", { class: "button", href: link(view, id, { ...query, page: page === 1 ? null : page }), "aria-label": `${name} page` }, ...shown)
      : element("span", { class: "button", "aria-disabled": "true" }, ...shown);
  return element(
    "nav",
    { class: "pager", "aria-label": "Pages" },
    element("span", {}, `${count(first)}–${count(Math.min(total, first + perPage - 1))} of ${count(total)}`),
    step(currentPage - 1, "Previous", [icon("left"), "Previous"]),
    step(currentPage + 1, "Next", ["Next", icon("right")]),
  );
}

/** A choice among few, each an address of its own. */
export function segments(
  name: string,
  choices: readonly { label: string; href: string; chosen: boolean }[],
): HTMLElement {
  return element(
    "nav",
    { class: "segments", "aria-label": name },
    ...choices.map(({ label, href, chosen }) =>
      element("a", { href, "aria-current": chosen ? "true" : undefined }, label),
    ),
  );
}
