import { LineChart, lineChart, Series } from "../charts/line-chart";
import { Child, element } from "../dom";
import { bitrate, count, counted, duration, milliseconds, moment, score } from "../pure/format";
import type { Span } from "../pure/scale";
import type { Sample, Stats } from "../resources";

/** Pixels below which the graphs stand one under the other. */
const TWO_COLUMNS = 700;
const GAP = 28;

/** How good a session or one participant's part in it was, in a few numbers. */
export function summaryTiles({ summary }: Stats): Child {
  if (!summary) return null;
  const facts: [string, string | null][] = [
    ["Sound", summary.audioScore == null ? null : `${score(summary.audioScore)} of 5`],
    ["Picture", summary.videoScore == null ? null : `${score(summary.videoScore)} of 5`],
    ["Joined in", summary.joinMilliseconds == null ? null : milliseconds(summary.joinMilliseconds)],
    ["Reconnected", summary.reconnects == null ? null : `${count(summary.reconnects)}×`],
    ["Freezes", summary.freezes == null ? null : freezes(summary.freezes, summary.freezeMilliseconds)],
  ];
  const known = facts.filter((each): each is [string, string] => each[1] !== null);
  if (known.length === 0) return null;
  return element("dl", { class: "facts" }, ...known.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))));
}

function freezes(number: number, lasted: number | null | undefined): string {
  return number === 0 || lasted == null ? count(number) : `${count(number)}, ${duration(lasted)} in all`;
}

/** Bit rate, loss, round trip, jitter and scores over time, on one time axis. */
export function qualityGraphs({ stats }: Stats, whole: Span, width: number): Child {
  if (stats.length === 0) {
    return element("p", { class: "note" }, "Nothing was measured: no sound and no picture went through the server.");
  }
  const samples = stats
    .map((sample) => ({ sample, time: moment(sample.time) ?? NaN }))
    .filter(({ time }) => !Number.isNaN(time))
    .sort((a, b) => a.time - b.time);
  const series = (name: string, colour: Series["colour"], value: (sample: Sample) => number | null | undefined): Series => ({
    name,
    colour,
    points: samples.map(({ time, sample }) => ({ time, value: value(sample) ?? null })),
  });
  const columns = width >= TWO_COLUMNS ? 2 : 1;
  const each = Math.floor((width - (columns - 1) * GAP) / columns);
  const common = { span: whole, width: each };
  const plain = (value: number): string => count(value);
  const charts: LineChart[] = [
    {
      ...common,
      title: "Bit rate of pictures",
      description: "Received and sent, over time.",
      series: [series("Received", 1, (s) => s.averageRecvVideoBitrate), series("Sent", 2, (s) => s.averageSendVideoBitrate)],
      least: 100,
      value: bitrate,
      tick: shortRate,
    },
    {
      ...common,
      title: "Bit rate of sound",
      description: "Received and sent, over time.",
      series: [series("Received", 1, (s) => s.averageRecvAudioBitrate), series("Sent", 2, (s) => s.averageSendAudioBitrate)],
      least: 40,
      value: bitrate,
      tick: shortRate,
    },
    {
      ...common,
      title: "Lost packets",
      description: "Packets lost in each interval.",
      series: [
        series("Sound received", 1, (s) => s.recvAudioPacketLost),
        series("Picture received", 2, (s) => s.recvVideoPacketLost),
        series("Sound sent", 3, (s) => s.sendAudioPacketLost),
        series("Picture sent", 4, (s) => s.sendVideoPacketLost),
      ],
      least: 5,
      value: (value) => counted(value, "packet", "packets"),
      tick: plain,
    },
    {
      ...common,
      title: "Score",
      description: "Sound and picture, from 0, unusable, to 5, perfect.",
      series: [series("Sound", 1, (s) => s.qualityScore?.audio), series("Picture", 2, (s) => s.qualityScore?.video)],
      least: 5,
      ticks: [0, 1, 2, 3, 4, 5],
      value: (value) => `${score(value)} of 5`,
      tick: plain,
    },
    {
      ...common,
      title: "Round trip",
      description: "Milliseconds to the server and back.",
      series: [series("Sound", 1, (s) => s.averageAudioRtt), series("Picture", 2, (s) => s.averageVideoRtt)],
      least: 20,
      value: milliseconds,
      tick: (value) => `${count(value)} ms`,
    },
    {
      ...common,
      title: "Jitter",
      description: "Milliseconds by which packets come unevenly.",
      series: [series("Sound", 1, (s) => s.averageAudioJitter), series("Picture", 2, (s) => s.averageVideoJitter)],
      least: 10,
      value: milliseconds,
      tick: (value) => `${count(value)} ms`,
    },
  ];
  return element("div", { class: columns === 2 ? "graphs two" : "graphs", "data-cursors": true }, ...charts.map(lineChart));
}

/** A bit rate of so many kbit/s for the narrow place beside a scale. */
function shortRate(kilobits: number): string {
  return kilobits >= 1_000 ? `${count(kilobits / 1_000)} M` : kilobits === 0 ? "0" : `${count(kilobits)} k`;
}
