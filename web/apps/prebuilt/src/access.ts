/** What is wrong, in words for the person. */
export class AccessError extends Error {}

/** What the address of the page says. */
export interface Invitation {
  room: string;
  name: string;
  token: string;
  /** For a development token: what it is to permit, such as `ask_join`; empty for everything. */
  permissions: string[];
  /** How to take part; empty for with sound and picture. */
  mode: string;
}

export function readInvitation(address: string): Invitation {
  const parameters = new URL(address).searchParams;
  const token = parameters.get("token") ?? "";
  return {
    room: (parameters.get("room") ?? parameters.get("meetingId") ?? claim(token, "roomId")).trim(),
    name: parameters.get("name") ?? "",
    token,
    permissions: (parameters.get("permissions") ?? "").split(",").filter((one) => one !== ""),
    mode: parameters.get("mode") ?? "",
  };
}

/**
 * The address to send to others; a token is personal and stays out of it.
 *
 * `viaLobby` makes one whose guests have to be let in, where the server gives out tokens itself.
 */
export function invitationLink(room: string, viaLobby = false): string {
  const link = new URL(location.pathname, location.href);
  link.searchParams.set("room", room);
  if (viaLobby) link.searchParams.set("permissions", "ask_join");
  return link.href;
}

/** The address where viewers see what is streamed of a room. */
export function viewerLink(room: string): string {
  const link = new URL("/watch/", location.href);
  link.search = "";
  link.hash = "";
  link.searchParams.set("room", room);
  return link.href;
}

/** Where somebody goes who opened the page of a call to view only; `null` for everybody else. */
export function viewersPage(address: string): string | null {
  const page = new URL(address);
  if (page.searchParams.get("mode")?.toLowerCase() !== "viewer") return null;
  page.searchParams.delete("mode");
  page.pathname = "/watch/";
  return page.href;
}

/** Reads a room out of what a person pasted: its id, or a link to it. */
export function roomIn(text: string): string {
  const trimmed = text.trim();
  if (!/^https?:\/\//i.test(trimmed)) return trimmed;
  try {
    return readInvitation(trimmed).room;
  } catch {
    return trimmed;
  }
}

const NEEDS_TOKEN =
  "This server lets people in with a token. " +
  "Ask for a complete invitation link, which has “token=…” in it.";

/** A token of a server in development mode. */
export async function developmentToken(permissions: string[]): Promise<string> {
  const reply = await ask("/dev/token", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(permissions.length > 0 ? { permissions } : {}),
  });
  if (reply.status === 404 || reply.status === 405) throw new AccessError(NEEDS_TOKEN);
  const body = await content(reply);
  if (!reply.ok || typeof body.token !== "string") {
    throw new AccessError(`The server gave no token: ${explanation(reply, body)}`);
  }
  return body.token;
}

/** Makes a room and gives its id. */
export async function newRoom(token: string): Promise<string> {
  const reply = await ask("/v2/rooms", {
    method: "POST",
    headers: { authorization: token, "content-type": "application/json" },
    body: "{}",
  });
  const body = await content(reply);
  if (!reply.ok || typeof body.roomId !== "string") {
    throw new AccessError(`No new room could be made: ${explanation(reply, body)}`);
  }
  return body.roomId;
}

async function ask(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch {
    throw new AccessError("The server cannot be reached. Check your connection and try again.");
  }
}

async function content(reply: Response): Promise<Record<string, unknown>> {
  try {
    const body: unknown = await reply.json();
    return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function explanation(reply: Response, body: Record<string, unknown>): string {
  return typeof body.message === "string" ? body.message : `it answered ${reply.status}.`;
}

/** What a token says of itself, unchecked; empty for what is no token. */
export function claims(token: string): Record<string, unknown> {
  try {
    const text = atob(token.split(".")[1]!.replace(/-/g, "+").replace(/_/g, "/"));
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function claim(token: string, name: string): string {
  const value = claims(token)[name];
  return typeof value === "string" ? value : "";
}
