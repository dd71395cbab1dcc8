/** Bytes; what a smaller download says is mostly how long the server took to answer. */
const LEAST_BYTES = 4_096;
/** Seconds of downloading after which a measurement counts half. */
const FAST_HALF_LIFE = 2;
const SLOW_HALF_LIFE = 8;
/** How much faster than all before a single download may look: it may have come from a cache nearby. */
const MOST_GROWTH = 4;
/** Seconds of downloading before the measurements are believed. */
const ENOUGH = 0.15;

class Average {
  private sum = 0;
  private weight = 0;

  constructor(private readonly halfLife: number) {}

  add(value: number, seconds: number): void {
    const keep = Math.pow(0.5, seconds / this.halfLife);
    this.sum = this.sum * keep + value * (1 - keep);
    this.weight = this.weight * keep + (1 - keep);
  }

  get value(): number {
    return this.weight === 0 ? 0 : this.sum / this.weight;
  }
}

/** How many bits per second come through, from what was downloaded so far. */
export class Bandwidth {
  private readonly fast = new Average(FAST_HALF_LIFE);
  private readonly slow = new Average(SLOW_HALF_LIFE);
  private measured = 0;

  /** `initial` holds until enough was measured. */
  constructor(private readonly initial: number) {}

  /** Takes a download into account, from its first byte to its last, of so many seconds of media. */
  add(bytes: number, seconds: number, media = 0): void {
    if (bytes < LEAST_BYTES) return;
    // Clocks of browsers are coarse; faster than this makes no difference.
    const time = Math.max(seconds, 0.005);
    const isKnown = this.measured >= ENOUGH;
    const rate = Math.min((bytes * 8) / time, isKnown ? this.estimate * MOST_GROWTH : Infinity);
    // A fast network would hardly count if the time of its downloads did.
    const weight = Math.max(time, media / 2);
    this.fast.add(rate, weight);
    this.slow.add(rate, weight);
    this.measured += Math.max(time, 0.05);
  }

  /** The lower of a quick and a slow average: down at once, up when it lasts. */
  get estimate(): number {
    return this.measured < ENOUGH ? this.initial : Math.min(this.fast.value, this.slow.value);
  }
}
