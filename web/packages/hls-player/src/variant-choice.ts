import { chooseVariant, Download, shouldGiveUp } from "./adaptation";
import { Bandwidth } from "./bandwidth";
import { Clock } from "./clock";
import { Variant } from "./multivariant";

/** Bits per second that are believed in before anything was measured. */
const INITIAL_BANDWIDTH = 1_500_000;
/** Seconds that a variant is left alone after it failed so often. */
const REST = 20;
const FAILURES_OF_VARIANT = 2;

/** Which variant of a stream is loaded: the best that comes through, or the one that was asked for. */
export class VariantChoice {
  variants: readonly Variant[] = [];
  /** The one that is being loaded; -1: not known. */
  index = -1;
  /** The one that was asked for; `null`: the best that comes through. */
  chosen: number | null = null;

  private readonly bandwidth = new Bandwidth(INITIAL_BANDWIDTH);
  /** Variants that failed, and until when they are left alone. */
  private readonly failing = new Map<number, number>();
  private changedAt = -Infinity;

  /**
   * @param height Lines that can be seen, now.
   * @param changed Called when another variant is loaded.
   */
  constructor(
    private readonly clock: Clock,
    private readonly height: () => number,
    private readonly changed: () => void,
  ) {}

  get variant(): Variant {
    return this.variants[this.index]!;
  }

  begin(variants: readonly Variant[]): void {
    this.variants = variants;
    this.index = this.better(0);
    this.changedAt = this.clock.now();
  }

  measured(bytes: number, seconds: number, media: number): void {
    this.bandwidth.add(bytes, seconds, media);
  }

  /** What to load next, with so many seconds in store. */
  next(buffered: number): Variant {
    this.become(this.better(buffered));
    return this.variant;
  }

  /** What to load instead of a download that is too slow; `null`: leave it. */
  instead(download: Download, buffered: number, seconds: number): Variant | null {
    const [smallest, own] = [this.variants[0]!, this.variant];
    if (this.chosen !== null || smallest === own) return null;
    const expected = download.expected || (own.bandwidth * seconds) / 8;
    const smaller = (smallest.bandwidth * seconds) / 8;
    if (!shouldGiveUp({ ...download, expected }, buffered, smaller)) return null;
    this.become(0);
    return smallest;
  }

  /** What to load instead of one that failed so many times in a row; `null`: try it again. */
  failed(uri: string, failures: number): Variant | null {
    const index = this.variants.findIndex((variant) => variant.uri === uri);
    if (failures < FAILURES_OF_VARIANT || index < 0 || this.variants.length < 2) return null;
    this.failing.set(index, this.clock.now() + REST);
    return index === this.index ? this.next(0) : null;
  }

  private better(buffered: number): number {
    const now = this.clock.now();
    for (const [index, until] of this.failing) if (until < now) this.failing.delete(index);
    if (this.chosen !== null && !this.failing.has(this.chosen)) return this.chosen;
    return chooseVariant({
      variants: this.variants,
      current: this.index,
      estimate: this.bandwidth.estimate,
      buffered,
      sinceChange: now - this.changedAt,
      height: this.height(),
      failing: new Set(this.failing.keys()),
    });
  }

  private become(index: number): void {
    if (index === this.index) return;
    this.index = index;
    this.changedAt = this.clock.now();
    this.changed();
  }
}
