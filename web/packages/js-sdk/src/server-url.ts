import { sdkError } from "./errors";

/** Where the server's address may come from, best first. */
export interface ServerURLSources {
  /** Given to `config` or `initMeeting`. */
  explicit?: string | null;
  /** `globalThis.STOA_SERVER_URL`. */
  global?: unknown;
  /** Address this script was loaded from. */
  script?: string | null;
  /** Address of the page. */
  page?: string | null;
}

/**
 * The server's base URL, without a slash at its end.
 *
 * An explicit or global URL may have a path (a server behind a prefix); of a script's or page's
 * address only the origin counts. Throws `ERROR_INVALID_PARAMETER` if the first source present is
 * not an http(s) or ws(s) URL, or if there is none.
 */
export function resolveServerURL(sources: ServerURLSources): string {
  const chosen =
    sources.explicit || (typeof sources.global === "string" ? sources.global : "") || null;
  if (chosen !== null) return normalised(chosen, sources.page);
  for (const address of [sources.script, sources.page]) {
    const origin = httpOrigin(address);
    if (origin !== null) return origin;
  }
  throw sdkError(
    "ERROR_INVALID_PARAMETER",
    "The server's address is unknown: give serverUrl to VideoSDK.config.",
  );
}

/** The WebSocket address of signalling below a base URL. */
export function signallingURL(base: string): string {
  return base.replace(/^http/, "ws") + "/signal";
}

function normalised(address: string, page: string | null | undefined): string {
  let url: URL;
  try {
    url = new URL(address, httpOrigin(page) ?? undefined);
  } catch {
    throw sdkError("ERROR_INVALID_PARAMETER", `serverUrl is not a URL: ${address}`);
  }
  const scheme = url.protocol.replace(/^ws/, "http");
  if (scheme !== "http:" && scheme !== "https:") {
    throw sdkError("ERROR_INVALID_PARAMETER", `serverUrl must be http or https: ${address}`);
  }
  return `${scheme}//${url.host}${url.pathname.replace(/\/+$/, "")}`;
}

function httpOrigin(address: string | null | undefined): string | null {
  if (!address) return null;
  try {
    const url = new URL(address);
    return url.protocol === "http:" || url.protocol === "https:" ? url.origin : null;
  } catch {
    return null;
  }
}
