export type Quality = "good" | "fair" | "poor" | "unknown";

/** What a score of 0 to 5 means to a person, by the steps of a mean opinion score. */
export function quality(score: number | null | undefined): Quality {
  if (score == null) return "unknown";
  if (score >= 3.8) return "good";
  return score >= 2.8 ? "fair" : "poor";
}

/** The worse of two scores; one that is not known says nothing. */
export function worse(a: number | null | undefined, b: number | null | undefined): number | null {
  if (a == null) return b ?? null;
  return b == null ? a : Math.min(a, b);
}

export const QUALITY_WORDS: Record<Quality, string> = {
  good: "Good",
  fair: "Fair",
  poor: "Poor",
  unknown: "No media",
};

/** The last values of something that is asked again and again. */
export class Trace {
  private readonly values = new Map<string, (number | null)[]>();

  /** - `length`: how many values of each are kept. */
  constructor(readonly length: number) {}

  /** Adds one value for each key, and forgets the keys that are not among them. */
  add(current: ReadonlyMap<string, number | null>): void {
    for (const key of [...this.values.keys()]) if (!current.has(key)) this.values.delete(key);
    for (const [key, value] of current) {
      const list = this.values.get(key) ?? [];
      list.push(value);
      if (list.length > this.length) list.shift();
      this.values.set(key, list);
    }
  }

  of(key: string): readonly (number | null)[] {
    return this.values.get(key) ?? [];
  }
}
