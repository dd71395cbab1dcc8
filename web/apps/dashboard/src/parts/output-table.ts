import type { API } from "../api";
import { Child, element } from "../dom";
import { icon } from "../icons";
import { bytes, dateTime, duration, moment, NOTHING } from "../pure/format";
import { destinations, filesOf, lasted, OUTPUT_KINDS, OUTPUT_STATES, OutputKindName, OutputState, outputState, weight } from "../pure/outputs";
import { onThisOrigin } from "../pure/addresses";
import { link } from "../pure/route";
import type { Output, OutputFile } from "../resources";
import { copy, tell } from "./copy";
import { confirm, open } from "./dialog";
import { playIn } from "./media-dialog";
import { pill, Tone } from "./states";
import { Column, table } from "./table";

const TONES: Record<OutputState, Tone> = { starting: "neutral", going: "bad", stopping: "neutral", done: "good", broken: "warning" };

/** One output of a list, with what it is. */
export interface OutputRow {
  kind: OutputKindName;
  output: Output;
}

/** Recordings and streams, with what can be done to them. */
export function outputTable(
  caption: string,
  rows: readonly OutputRow[],
  shows: { kind: boolean; room: boolean },
  now: number,
  api: API,
  reload: () => void,
): HTMLElement {
  const columns: (Column<OutputRow> | false)[] = [
    shows.kind && { name: "What", cell: ({ kind, output }) => [element("span", { class: "strong" }, what(kind)), who(output)] },
    shows.room && {
      name: "Room",
      cell: ({ kind, output }) => [
        element("a", { class: "strong", href: link("sessions", output.sessionId) }, output.roomId),
        kind === "participants" || kind === "tracks" ? who(output) : null,
      ],
    },
    { name: "State", cell: ({ output }) => state(output) },
    { name: "Began", cell: ({ output }) => dateTime(moment(output.start ?? output.createdAt) ?? 0, now) },
    { name: "Lasted", kind: "number", cell: ({ output }) => length(output, now) },
    { name: "Size", kind: "number", cell: ({ output }) => bytes(weight(output)) },
    { name: "More", kind: "wide", cell: ({ kind, output }) => element("span", { class: "faint" }, more(kind, output)) },
    { name: "Actions", kind: "actions", cell: (row) => actions(row, api, reload) },
  ];
  return table(
    caption,
    columns.filter((each): each is Column<OutputRow> => each !== false),
    rows,
    ({ kind, output }) => `${kind} ${output.id}`,
  );
}

function what(kind: OutputKindName): string {
  switch (kind) {
    case "recordings":
      return "Recording";
    case "hls":
      return "HLS";
    case "livestreams":
      return "Livestream";
    case "participants":
      return "Participant";
    case "tracks":
      return "Track";
  }
}

function who({ participantId, participantName, kind }: Output): Child {
  if (!participantId) return null;
  const name = participantName || participantId;
  return element("span", { class: "faint second" }, kind ? `${name}, ${kind.replace("_", " ")}` : name);
}

function state(output: Output): Child {
  const found = outputState(output);
  const made = pill(OUTPUT_STATES[found], TONES[found]);
  if (output.error?.message) made.title = output.error.message;
  return made;
}

function length(output: Output, now: number): string {
  const time = lasted(output, now);
  return time === null ? NOTHING : duration(time);
}

function more(kind: OutputKindName, output: Output): string {
  if (output.error?.message) return output.error.message;
  if (kind === "livestreams") return destinations(output).join(", ");
  const files = filesOf(output);
  const [first] = files;
  if (!first) return "";
  const { resolution, format } = first.meta ?? {};
  const parts = [
    files.length > 1 ? `${files.length} files` : null,
    resolution?.width && resolution.height ? `${resolution.width}×${resolution.height}` : null,
    format ?? null,
  ];
  return parts.filter(Boolean).join(" · ");
}

function actions(row: OutputRow, api: API, reload: () => void): Child {
  const { kind, output } = row;
  const files = filesOf(output).filter(({ fileUrl }) => fileUrl);
  const playlist = output.playbackHlsUrl ?? output.downstreamUrl ?? null;
  const isOver = ["done", "broken"].includes(outputState(output));
  const title = `${what(kind)} of ${dateTime(moment(output.start ?? output.createdAt) ?? 0)}`;
  const [file] = files;
  const button = (name: string, sign: "play" | "bin" | "copy", run: () => void): HTMLElement =>
    element("button", { class: "button square", "aria-label": `${name}: ${title}`, title: name, onclick: run }, icon(sign));
  return element(
    "span",
    { class: "row-actions" },
    kind === "hls" && playlist && button("Play", "play", () => playIn(title, onThisOrigin(playlist, location.href), "hls")),
    kind === "hls" && playlist && button("Copy the address", "copy", () => void copy(playlist, "Address of the stream")),
    kind !== "hls" && file && files.length === 1 && button("Play", "play", () => playFile(title, file)),
    kind !== "hls" && file && files.length === 1 && download(title, file),
    files.length > 1 && element("button", { class: "button", onclick: () => showFiles(title, files) }, "Files…"),
    kind !== "livestreams" && isOver && button("Delete", "bin", () => remove(row, title, api, reload)),
  );
}

function playFile(title: string, { fileUrl, type }: OutputFile): void {
  playIn(title, onThisOrigin(fileUrl!, location.href), type === "audio" ? "audio" : "video");
}

function download(title: string, { fileUrl, filePath }: OutputFile): HTMLElement {
  const name = filePath?.split("/").pop() || "recording";
  const label = "Download";
  return element(
    "a",
    { class: "button square", href: onThisOrigin(fileUrl!, location.href), download: name, "aria-label": `${label}: ${title}`, title: label },
    icon("download"),
  );
}

/** A track has a file for each time it was switched on. */
function showFiles(title: string, files: readonly OutputFile[]): void {
  const dialog = open(
    title,
    element(
      "ul",
      { class: "file-list" },
      ...files.map((file, index) =>
        element(
          "li",
          {},
          element("span", {}, `${index + 1}. ${duration((file.meta?.duration ?? 0) * 1_000)}, ${bytes(file.size)}`),
          element(
            "span",
            { class: "row-actions" },
            element(
              "button",
              {
                class: "button square",
                "aria-label": `Play file ${index + 1}`,
                title: "Play",
                onclick: () => {
                  dialog.close();
                  playFile(title, file);
                },
              },
              icon("play"),
            ),
            download(`file ${index + 1}`, file),
          ),
        ),
      ),
    ),
  );
}

function remove({ kind, output }: OutputRow, title: string, api: API, reload: () => void): void {
  const { path, one } = OUTPUT_KINDS[kind];
  confirm(`Delete this ${one}?`, `${title} and its files are deleted. This cannot be taken back.`, "Delete", async () => {
    await api.delete(`${path}/${encodeURIComponent(output.id)}`);
    tell(`The ${one} was deleted`);
    reload();
  });
}
