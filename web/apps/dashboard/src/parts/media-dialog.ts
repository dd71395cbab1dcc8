import type { HLSPlayer } from "@stoa/hls-player";
import { element } from "../dom";
import { open } from "./dialog";

/** Plays a file, or a stream by HLS, over the page. */
export function playIn(title: string, address: string, kind: "video" | "audio" | "hls"): void {
  const media = element(kind === "audio" ? "audio" : "video", { controls: true, playsinline: true, class: "played" });
  const problem = element("p", { class: "problem", role: "alert", hidden: true });
  const dialog = open(title, media, problem);
  dialog.classList.add("wide");
  const say = (text: string): void => {
    problem.textContent = text;
    problem.hidden = false;
  };
  let player: HLSPlayer | null = null;
  if (kind === "hls") {
    // Loaded when it is needed: the dashboard is mostly looked at.
    import("@stoa/hls-player").then(
      ({ HLSPlayer }) => {
        if (!dialog.open) return;
        player = new HLSPlayer(media as HTMLVideoElement, address);
        player.onchange = ({ phase, isMissing, problem: why }) => {
          problem.hidden = true;
          if (phase === "failed") say("This browser cannot play the stream.");
          else if (phase === "loading" && isMissing) say("The stream is not there (any more).");
          else if (phase === "loading" && why) say("The stream cannot be reached. Trying again…");
        };
        media.play().catch(() => {});
      },
      () => say("The player could not be loaded."),
    );
  } else {
    media.addEventListener("error", () => say("This file cannot be played here. Download it instead."));
    media.src = address;
  }
  dialog.addEventListener("close", () => {
    player?.close();
    media.pause();
    media.removeAttribute("src");
    media.load();
  });
  if (kind !== "hls") media.play().catch(() => {});
}
