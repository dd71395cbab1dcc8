import type { API } from "../api";
import { element } from "../dom";
import { icon } from "../icons";
import { outputTable } from "../parts/output-table";
import { emptyState, heading } from "../parts/states";
import { pager, segments } from "../parts/table";
import { OUTPUT_KINDS, OutputKindName, outputState } from "../pure/outputs";
import { choiceOf, link, pageNumber } from "../pure/route";
import type { Output, Page } from "../resources";
import type { View } from "../screen";

/** Milliseconds between two looks while something goes on. */
const EVERY = 5_000;

const NOTHING_YET: Record<OutputKindName, string> = {
  recordings: "A meeting is recorded with the button on its page, by the SDK's startRecording, or over the API.",
  hls: "A meeting is streamed to viewers with the button on its page, by the SDK's startHls, or over the API.",
  livestreams: "A meeting goes live on YouTube, Twitch and other services with the button on its page, or over the API.",
  participants: "One person's sound and picture are recorded over the API.",
  tracks: "One microphone, camera or screen is recorded over the API.",
};

/** Everything that was recorded and streamed. */
export function outputsView(api: API, query: Record<string, string>, reload: () => void): View<Page<Output>> {
  const kind: OutputKindName = choiceOf(OUTPUT_KINDS, query.kind) ?? "recordings";
  const room = (query.room ?? "").trim();
  const filter = room ? `&roomId=${encodeURIComponent(room)}` : "";
  return {
    title: "Recordings",
    interval: (page) => (page?.data.some((each) => !["done", "broken"].includes(outputState(each))) ? EVERY : 0),
    load: (signal) =>
      api.fetched<Page<Output>>(`${OUTPUT_KINDS[kind].path}?page=${pageNumber(query.page)}&perPage=20${filter}`, signal),
    render({ data, pageInfo }) {
      const kinds = segments(
        "Kind",
        (Object.keys(OUTPUT_KINDS) as OutputKindName[]).map((each) => ({
          label: OUTPUT_KINDS[each].name,
          href: link("recordings", null, { ...query, kind: each === "recordings" ? null : each, page: null }),
          chosen: each === kind,
        })),
      );
      const top = [heading("Recordings", roomFilter(query)), element("div", { class: "kinds", "data-key": "kinds" }, kinds)];
      if (data.length === 0) {
        const title = room ? "Nothing of this room" : "Nothing yet";
        return [...top, emptyState(title, room ? `There is nothing of “${room}” here.` : NOTHING_YET[kind])];
      }
      return [
        ...top,
        element(
          "div",
          { class: "card flush", "data-key": "list" },
          outputTable(
            OUTPUT_KINDS[kind].name,
            data.map((output) => ({ kind, output })),
            { kind: false, room: true },
            Date.now(),
            api,
            reload,
          ),
          pager(pageInfo, "recordings", query),
        ),
      ];
    },
  };
}

function roomFilter(query: Record<string, string>): HTMLElement {
  return element(
    "form",
    {
      class: "search",
      role: "search",
      onsubmit: (event: Event) => {
        event.preventDefault();
        const value = new FormData(event.currentTarget as HTMLFormElement).get("room");
        location.hash = link("recordings", null, { ...query, room: String(value ?? "").trim(), page: null });
      },
    },
    icon("search"),
    element("input", {
      type: "search",
      name: "room",
      placeholder: "Room id or custom id",
      "aria-label": "Filter by room",
      value: query.room ?? "",
      autocomplete: "off",
      spellcheck: "false",
    }),
  );
}
