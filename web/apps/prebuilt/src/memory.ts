/** What the page remembers of a person between visits; storage may be forbidden. */
export function recall(key: string): string {
  try {
    return localStorage.getItem(`stoa.${key}`) ?? "";
  } catch {
    return "";
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`stoa.${key}`, value);
  } catch {
    // Then it is asked again next time.
  }
}
