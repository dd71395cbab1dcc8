import type { API } from "../api";
import { barChart } from "../charts/bar-chart";
import { element } from "../dom";
import { card, emptyState, heading, tile, tiles } from "../parts/states";
import { segments } from "../parts/table";
import { count, day, duration, score } from "../pure/format";
import { everyDay } from "../pure/days";
import { choiceOf, link } from "../pure/route";
import type { Usage } from "../resources";
import type { View } from "../screen";

const RANGES = { "7": "7 days", "30": "30 days", "90": "90 days" } as const;
const DAY = 86_400_000;
/** Pixels below which the two charts stand one under the other. */
const TWO_COLUMNS = 900;
const GAP = 16;

/** How much was used, by day. */
export function usageView(api: API, query: Record<string, string>): View<Usage> {
  const range = choiceOf(RANGES, query.days) ?? "30";
  const now = Date.now();
  // Whole days of UTC, as the server counts them; today is the last.
  const to = (Math.floor(now / DAY) + 1) * DAY;
  const from = to - Number(range) * DAY;
  return {
    title: "Usage",
    interval: () => 0,
    load: (signal) =>
      api.fetched<Usage>(`/v2/insights/usage?from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`, signal),
    render(usage, width) {
      const choice = segments(
        "Time shown",
        (Object.keys(RANGES) as (keyof typeof RANGES)[]).map((each) => ({
          label: RANGES[each],
          href: link("usage", null, { days: each }),
          chosen: each === range,
        })),
      );
      if (usage.sessions === 0) {
        return [heading("Usage", choice), emptyState("Nothing was used in this time", "Minutes count from when somebody joins until they leave.")];
      }
      const days = everyDay(usage.days, from, to);
      const columns = width >= TWO_COLUMNS ? 2 : 1;
      const each = Math.floor((width - (columns - 1) * GAP) / columns) - 42;
      const busiest = days.reduce((most, one) => (one.participantMinutes > most.participantMinutes ? one : most));
      const common = { width: each, tick: (value: number): string => count(value) };
      return [
        heading("Usage", choice),
        tiles(
          tile("Participant minutes", count(usage.participantMinutes), `${duration(usage.participantMinutes * 60_000)} in all`),
          tile("Sessions", count(usage.sessions)),
          tile("People", count(usage.participants), `at most ${count(usage.peakParticipants)} at once`),
          tile("Messages", count(usage.messages)),
          tile("Sound", score(usage.audioScore), "of 5"),
          tile("Picture", score(usage.videoScore), "of 5"),
        ),
        element(
          "div",
          { class: columns === 2 ? "columns two" : "columns", "data-key": "charts" },
          card(
            null,
            barChart({
              ...common,
              title: "Minutes per day",
              description: `The busiest day was ${day(busiest.time)} with ${count(busiest.participantMinutes)} minutes.`,
              unit: "minutes",
              colour: 1,
              bars: days.map((one) => ({ label: day(one.time), value: one.participantMinutes })),
            }),
          ),
          card(
            null,
            barChart({
              ...common,
              title: "Sessions per day",
              description: `${count(usage.sessions)} in all.`,
              unit: "sessions",
              colour: 2,
              bars: days.map((one) => ({ label: day(one.time), value: one.sessions })),
            }),
          ),
        ),
      ];
    },
  };
}
