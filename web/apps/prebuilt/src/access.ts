/** What is wrong, in words for the person. */
export class AccessError extends Error {}

/** What the address of the page says. */
export interface Invitation {
  room: string;
  name: string;
  token: string;
}

export function readInvitation(address: string): Invitation {
  const parameters = new URL(address).searchParams;
  const token = parameters.get("token") ?? "";
  return {
    room: (parameters.get("room") ?? parameters.get("meetingId") ?? claim(token, "roomId")).trim(),
    name: parameters.get("name") ?? "",
    token,
  };
}

/** The address to send to others; a token is personal and stays out of it. */
export function invitationLink(room: string): string {
  const link = new URL(location.pathname, location.href);
  link.searchParams.set("room", room);
  return link.href;
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
export async function developmentToken(): Promise<string> {
  const reply = await ask("/dev/token", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
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

function claim(token: string, name: string): string {
  try {
    const text = atob(token.split(".")[1]!.replace(/-/g, "+").replace(/_/g, "/"));
    const value = (JSON.parse(text) as Record<string, unknown>)[name];
    return typeof value === "string" ? value : "";
  } catch {
    return "";
  }
}
