import type { API } from "../api";
import { element } from "../dom";
import { emptyState, heading } from "../parts/states";
import { pager, table } from "../parts/table";
import { dateTime, moment, words } from "../pure/format";
import { pageNumber } from "../pure/route";
import type { AuditEntry, Page, PageInfo } from "../resources";
import type { View } from "../screen";

interface Loaded {
  entries: AuditEntry[];
  pageInfo: PageInfo | null;
}

/** Who changed what. */
export function auditView(api: API, query: Record<string, string>): View<Loaded> {
  return {
    title: "Audit",
    interval: () => 0,
    async load(signal) {
      const answer = await api.fetched<Page<AuditEntry> | AuditEntry[]>(`/v2/audit?page=${pageNumber(query.page)}&perPage=50`, signal);
      return Array.isArray(answer) ? { entries: answer, pageInfo: null } : { entries: answer.data, pageInfo: answer.pageInfo };
    },
    render({ entries, pageInfo }) {
      if (entries.length === 0) {
        return [heading("Audit"), emptyState("Nothing noted yet", "Keys made and revoked, rooms disabled, sessions ended by the API: what changes something is noted here with who did it.")];
      }
      return [
        heading("Audit"),
        element(
          "div",
          { class: "card flush", "data-key": "list" },
          table(
            "What was changed by whom",
            [
              { name: "Time", cell: ({ entry }) => element("time", { class: "figures" }, dateTime(moment(entry.time) ?? 0)) },
              { name: "Who", cell: ({ entry }) => element("code", {}, entry.actor) },
              { name: "What", cell: ({ entry }) => element("span", { class: "strong" }, words(entry.action.replace(/\./g, " "))) },
              { name: "Of what", cell: ({ entry }) => (entry.target ? element("code", {}, entry.target) : "") },
              { name: "More", kind: "wide", cell: ({ entry }) => element("span", { class: "faint" }, detail(entry.detail)) },
            ],
            entries.map((entry, index) => ({ entry, index })),
            ({ entry, index }) => `${entry.time} ${index}`,
          ),
          pageInfo && pager(pageInfo, "audit", query),
        ),
      ];
    },
  };
}

function detail(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "object") return String(value);
  return Object.entries(value as Record<string, unknown>)
    .map(([key, each]) => `${key}: ${typeof each === "object" ? JSON.stringify(each) : String(each)}`)
    .join(" · ");
}
