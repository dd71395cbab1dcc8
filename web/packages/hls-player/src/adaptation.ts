import { Variant } from "./multivariant";

/** What is known when a variant is chosen; times in seconds, rates in bits per second. */
export interface Conditions {
  variants: readonly Pick<Variant, "bandwidth" | "height">[];
  /** The one that plays; -1 before the first. */
  current: number;
  /** What the network carries. */
  estimate: number;
  /** How much is there to play without another download. */
  buffered: number;
  /** Since the last change. */
  sinceChange: number;
  /** Pixels that the picture has on screen; taller variants show nothing more. */
  height: number;
  /** Variants that failed just now. */
  failing: ReadonlySet<number>;
}

/** The part of the network that a variant may use: the rest is for its ups and downs. */
const SHARE = 0.85;
/** To go up it must fit well, or it comes down again at once. */
const SHARE_TO_GO_UP = 0.7;
/** Seconds between going down or up and going up again. */
const PATIENCE = 4;
/** Seconds that must be there before more is tried. */
const BUFFERED_TO_GO_UP = 2;
/** With so much in store, in seconds, a weak moment of the network is sat out. */
const PLENTY = 15;

/** The variant to load next, as its place in the list from small to large. */
export function chooseVariant(conditions: Conditions): number {
  const { variants, current, estimate, buffered, sinceChange, height, failing } = conditions;
  const usable = variants.map((_, index) => index).filter((index) => !failing.has(index));
  const choices = usable.length > 0 ? usable : variants.map((_, index) => index);
  const largest = fitting(variants, choices, height);
  const best = (share: number): number =>
    choices.reduce(
      (found, index) => (index <= largest && variants[index]!.bandwidth <= estimate * share ? index : found),
      choices[0] ?? 0,
    );
  if (current < 0 || !choices.includes(current)) return best(SHARE);
  if (current > largest) return Math.min(best(SHARE), largest);
  const affordable = best(SHARE);
  if (affordable < current) {
    const isBearable = buffered >= PLENTY && variants[current]!.bandwidth <= estimate * 1.2;
    return isBearable ? current : affordable;
  }
  if (sinceChange < PATIENCE || buffered < BUFFERED_TO_GO_UP) return current;
  return Math.max(current, best(SHARE_TO_GO_UP));
}

/** The smallest variant that fills the picture, or the largest there is. */
function fitting(
  variants: Conditions["variants"],
  choices: readonly number[],
  height: number,
): number {
  const found = choices.find((index) => {
    const own = variants[index]!.height;
    return own !== null && own >= height;
  });
  return found ?? choices[choices.length - 1] ?? 0;
}

/** A download that is under way. */
export interface Download {
  bytes: number;
  /** Since its first byte. */
  seconds: number;
  /** What it will have in all, as far as is known. */
  expected: number;
}

/** Seconds before a download is judged. */
const LEAST_SECONDS = 0.5;

/**
 * Whether to give up a download for the same segment in a smaller variant: it would be late, and
 * the smaller one would be there earlier.
 */
export function shouldGiveUp(download: Download, buffered: number, smaller: number): boolean {
  const { bytes, seconds, expected } = download;
  if (seconds < LEAST_SECONDS || bytes >= expected) return false;
  const rate = bytes / seconds;
  if (rate === 0) return seconds > Math.max(buffered, 2);
  const remaining = (expected - bytes) / rate;
  return remaining > buffered && smaller / rate < remaining;
}
