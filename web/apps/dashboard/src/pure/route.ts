/** The views, in the order of the navigation. */
export const VIEWS = ["live", "sessions", "rooms", "recordings", "webhooks", "usage", "keys", "audit"] as const;
export type ViewName = (typeof VIEWS)[number];

/** What the part of the address after `#` names. */
export interface Route {
  view: ViewName;
  /** The one thing shown, of a list that has details. */
  id: string | null;
  query: Record<string, string>;
}

/** Reads `#/sessions/ID?room=R`; whatever it is not leads to the first view. */
export function readRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const [name = "", id = ""] = path.split("/", 2);
  const view = (VIEWS as readonly string[]).includes(name) ? (name as ViewName) : "live";
  return {
    view,
    id: id === "" ? null : decoded(id),
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

/** The address of a view; empty values of the query are left out. */
export function link(view: ViewName, id?: string | null, query: Record<string, string | number | null> = {}): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== null && value !== "") parameters.set(key, String(value));
  }
  const text = parameters.toString();
  return `#/${view}${id ? `/${encodeURIComponent(id)}` : ""}${text ? `?${text}` : ""}`;
}

/** A page number of a query, at least 1. */
export function pageNumber(text: string | undefined): number {
  const number = Number(text);
  return Number.isInteger(number) && number >= 1 ? number : 1;
}

/** The one of `choices` that a query names; `null` if it names none. */
export function choiceOf<Choice extends string>(choices: Readonly<Record<Choice, unknown>>, text: string | undefined): Choice | null {
  // Not `in`: every object has a "toString".
  return text !== undefined && Object.keys(choices).includes(text) ? (text as Choice) : null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
