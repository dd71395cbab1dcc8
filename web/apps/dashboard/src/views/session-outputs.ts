import type { API } from "../api";
import { Child, element } from "../dom";
import { OutputRow, outputTable } from "../parts/output-table";
import { card } from "../parts/states";
import { counted, moment } from "../pure/format";
import { OUTPUT_KINDS, OutputKindName } from "../pure/outputs";
import type { Output, Page } from "../resources";

export type OutputsOfSession = readonly OutputRow[];

/** Outputs of each kind that are listed with a session. */
const MOST = 50;

/** What was recorded and streamed of a session, oldest first. */
export async function outputsOfSession(api: API, id: string, signal: AbortSignal): Promise<OutputsOfSession> {
  const kinds = Object.keys(OUTPUT_KINDS) as OutputKindName[];
  const lists = await Promise.all(
    kinds.map(async (kind): Promise<OutputRow[]> => {
      const query = `sessionId=${encodeURIComponent(id)}&perPage=${MOST}`;
      const page = await api.fetched<Page<Output>>(`${OUTPUT_KINDS[kind].path}?${query}`, signal);
      return page.data.map((output) => ({ kind, output }));
    }),
  );
  const began = ({ output }: OutputRow): number => moment(output.start ?? output.createdAt) ?? 0;
  return lists.flat().sort((one, other) => began(one) - began(other));
}

/** The part of a session's view about them; nothing if there is none. */
export function sessionOutputs(api: API, outputs: OutputsOfSession, now: number, reload: () => void): Child {
  if (outputs.length === 0) return null;
  return card(
    element(
      "header",
      { class: "card-head" },
      element("h2", {}, "Recorded and streamed"),
      element("span", { class: "faint" }, counted(outputs.length, "entry", "entries")),
    ),
    element("div", { class: "inset" }, outputTable("Recorded and streamed", outputs, { kind: true, room: false }, now, api, reload)),
  );
}
