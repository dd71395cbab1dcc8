import { onThisOrigin } from "../addresses";
import { element } from "../dom";
import { icon } from "../icons";
import { inWords } from "../words";
import { elapsed, size } from "./choices";
import { openDialog } from "./dialog";

/** A recording as the REST API shows it, as far as it is read here. */
export interface Recording {
  id: string;
  status?: string;
  start?: string | null;
  createdAt: string;
  error?: { message?: string | null } | null;
  file?: {
    fileUrl?: string | null;
    filePath?: string | null;
    size?: number | null;
    type?: string | null;
    meta?: { duration?: number | null; resolution?: { height?: number | null } | null; format?: string | null } | null;
  } | null;
}

/** The most that are listed; older ones are on the dashboard. */
const MOST = 50;
/** Milliseconds between two looks while one is not finished. */
const AGAIN = 4_000;

/** The recordings of a room, to be played and downloaded. */
export function recordingsDialog(room: string, token: () => Promise<string>): void {
  const list = element("div", { class: "recordings", "data-testid": "recordings" });
  const dialog = openDialog("Recordings of this room", "recordings-dialog", list);
  let shown = "";
  list.append(element("p", { class: "form-hint" }, element("span", { class: "spinner" })));
  void load();

  async function load(): Promise<void> {
    if (!dialog.open) return;
    try {
      const found = await recordingsOf(room, await token());
      const isWaiting = found.some((each) => !isFinished(each));
      const now = JSON.stringify(found.map(({ id, status, file }) => [id, status, file?.size]));
      // What plays goes on playing while nothing changes.
      if (now !== shown) list.replaceChildren(...content(found));
      shown = now;
      if (isWaiting) setTimeout(() => void load(), AGAIN);
    } catch (error) {
      list.replaceChildren(element("p", { class: "problem", role: "alert" }, inWords(error)));
    }
  }
}

function content(found: readonly Recording[]): HTMLElement[] {
  if (found.length > 0) return found.map(row);
  return [
    element(
      "div",
      { class: "recordings-none" },
      icon("record"),
      element("p", {}, "Nothing was recorded here yet."),
    ),
  ];
}

async function recordingsOf(room: string, token: string): Promise<Recording[]> {
  let reply: Response;
  try {
    reply = await fetch(`/v2/recordings?roomId=${encodeURIComponent(room)}&perPage=${MOST}`, {
      headers: { authorization: token },
      cache: "no-store",
    });
  } catch {
    throw new Error("The server cannot be reached. Check your connection and try again.");
  }
  if (reply.status === 401 || reply.status === 403) throw new Error("You are not allowed to see the recordings.");
  if (!reply.ok) throw new Error("This server has no list of recordings.");
  return ((await reply.json()) as { data?: Recording[] }).data ?? [];
}

export function isFinished({ status, file }: Recording): boolean {
  return status === undefined ? Boolean(file) : status === "stopped" || status === "failed";
}

function row(recording: Recording): HTMLElement {
  const { file } = recording;
  const began = new Date(recording.start ?? recording.createdAt);
  const day = began.toLocaleDateString([], { weekday: "short", day: "numeric", month: "short" });
  const time = began.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const address = file?.fileUrl ? onThisOrigin(file.fileUrl) : null;
  const isSound = file?.type === "audio";
  const media = element(isSound ? "audio" : "video", { class: "recording-player", controls: true, hidden: true });
  const play = element(
    "button",
    { type: "button", class: "small", "data-testid": "play-recording", "aria-expanded": "false" },
    icon("play"),
    "Play",
  );
  const problem = element("p", { class: "form-hint", role: "alert", hidden: true }, "It cannot be played here. Download it instead.");
  media.addEventListener("error", () => {
    problem.hidden = media.hidden;
  });
  play.addEventListener("click", () => {
    media.hidden = !media.hidden;
    play.setAttribute("aria-expanded", String(!media.hidden));
    play.replaceChildren(icon(media.hidden ? "play" : "close"), media.hidden ? "Play" : "Close");
    problem.hidden = true;
    if (media.hidden) return media.pause();
    if (!media.src) media.src = address!;
    media.play().catch(() => {});
  });
  return element(
    "article",
    { class: "recording", "data-testid": `recording-${recording.id}` },
    element(
      "div",
      { class: "recording-row" },
      element("span", { class: "recording-icon" }, icon(isSound ? "mic" : "film")),
      element(
        "div",
        { class: "recording-words" },
        element("span", { class: "recording-when" }, `${day}, ${time}`),
        element("span", { class: "form-hint" }, told(recording)),
      ),
      address && isFinished(recording)
        ? element(
            "span",
            { class: "recording-actions" },
            play,
            element(
              "a",
              {
                class: "plain",
                href: address,
                download: fileName(recording, began),
                "aria-label": `Download the recording of ${day}, ${time}`,
                title: "Download",
                "data-testid": "download-recording",
              },
              icon("download"),
            ),
          )
        : null,
    ),
    media,
    problem,
  );
}

function told({ status, file, error }: Recording): string {
  if (status === "failed" && !file) return error?.message || "It broke off.";
  if (status === "starting" || status === "started") return "Being recorded now";
  if (status === "stopping" || !file) return "Being finished…";
  const height = file.meta?.resolution?.height;
  const parts = [
    file.meta?.duration != null ? elapsed(file.meta.duration * 1_000) : null,
    height ? `${height}p` : file.type === "audio" ? "sound" : null,
    file.size != null ? size(file.size) : null,
    status === "failed" ? "broke off" : null,
  ];
  return parts.filter(Boolean).join(" · ");
}

function fileName({ file }: Recording, began: Date): string {
  const stamp = began.toISOString().slice(0, 16).replace(/[T:]/g, "-");
  return `recording-${stamp}.${file?.meta?.format ?? "mp4"}`;
}
