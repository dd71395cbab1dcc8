/** Up to two letters that stand for a name. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return letters.map((word) => [...word!][0]!.toLocaleUpperCase()).join("") || "?";
}

/** One of eight hues, always the same for the same id. */
export function hue(id: string): number {
  let hash = 7;
  for (const letter of id) hash = (hash * 31 + letter.codePointAt(0)!) % 9973;
  return hash % 8;
}
