import type { HLSStatus } from "@stoa/js-sdk";
import type { PlayerState } from "@stoa/hls-player";

/** What a viewer's page shows in place of, or over, the picture. */
export type Scene =
  /** Nothing is streamed yet. */
  | "before"
  /** It begins in a moment. */
  | "soon"
  | "playing"
  /** Playing, but nothing comes at the moment. */
  | "waiting"
  /** It was streamed, and is over. */
  | "ended"
  | "failed";

/** Whether there is something for a player to play. */
export function isPlayable(status: HLSStatus): boolean {
  return status === "HLS_PLAYABLE" || status === "HLS_STOPPING";
}

/**
 * The scene, from what the meeting says and what the player finds.
 *
 * A viewer is seconds behind: what the meeting says to be over is played to its end.
 */
export function sceneOf(
  status: HLSStatus,
  player: Pick<PlayerState, "phase" | "isLive" | "isMissing" | "problem"> | null,
  video: { ended: boolean; isStarved: boolean },
): Scene {
  if (!player) return status === "HLS_STOPPED" ? "before" : "soon";
  if (video.ended) return "ended";
  const isOver = status === "HLS_STOPPED";
  if (player.phase === "failed") return "failed";
  if (player.phase === "loading") return isOver ? "ended" : player.isMissing || !player.problem ? "soon" : "waiting";
  // The stream was cut without an end: nothing more will come.
  if (isOver && video.isStarved && player.isLive) return "ended";
  return video.isStarved ? "waiting" : "playing";
}

/** `1:02:05`; with a minus sign for what is behind the live edge. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(Math.abs(seconds)));
  const two = (value: number): string => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60];
  const text = hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
  return seconds <= -1 ? `−${text}` : text;
}

/** A name for each level of quality, all different. */
export function levelNames(levels: readonly { height: number | null; bandwidth: number }[]): string[] {
  return levels.map(({ height, bandwidth }, index) => {
    const rate = bandwidth >= 950_000 ? `${(bandwidth / 1e6).toFixed(1)} Mbit/s` : `${Math.round(bandwidth / 1_000)} kbit/s`;
    if (height === null) return bandwidth > 0 ? rate : `Level ${index + 1}`;
    const isAlone = levels.filter((each) => each.height === height).length === 1;
    return isAlone ? `${height}p` : `${height}p, ${rate}`;
  });
}
