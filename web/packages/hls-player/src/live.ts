/** Where playing is in a stream that goes on; seconds. */
export interface LiveState {
  position: number;
  /** The earliest moment there is. */
  start: number;
  /** The end of what there is. */
  end: number;
  /** How far from the end playing should be. */
  holdBack: number;
  /** What is there to play. */
  buffered: number;
  /** Whether the person wants to see what happens now; not if they went back or paused. */
  isFollowing: boolean;
  /** Parts are played as they come. */
  isLowLatency: boolean;
}

/**
 * Seconds behind its place at which playing jumps there: to run after it would take too long.
 *
 * Never less than `holdBack`: by as much the end moves when a long segment is made.
 */
const TOO_FAR = 5;
/** Seconds around its place in which playing is left alone. */
const SLACK = { usual: 2, lowLatency: 0.7 };
/** Faster than usual, but not so that voices sound odd. */
const CATCH_UP = 1.06;
const SLOW_DOWN = 0.96;
/** Seconds in store below which playing slows down, so that it need not stop. */
const SCARCE = { usual: 1, lowLatency: 0.35 };

/** The speed at which playing comes to its place without anybody noticing. */
export function playbackRate(state: LiveState): number {
  const { position, end, holdBack, buffered, isFollowing, isLowLatency } = state;
  if (!isFollowing) return 1;
  const kind = isLowLatency ? "lowLatency" : "usual";
  const late = end - holdBack - position;
  if (late > SLACK[kind] && buffered > 2 * SCARCE[kind]) return CATCH_UP;
  if (late < 0 && buffered < SCARCE[kind]) return SLOW_DOWN;
  return 1;
}

/** Where playing has to jump to; `null` to go on. */
export function correction({ position, start, end, holdBack, isFollowing }: LiveState): number | null {
  const place = Math.max(start, end - holdBack);
  // What it plays is no longer on the server.
  if (position < start - 0.5) return isFollowing ? place : Math.min(start + 1, place);
  return isFollowing && place - position > Math.max(TOO_FAR, holdBack) ? place : null;
}
