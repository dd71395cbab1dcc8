import type { Tokens } from "./access/access";

export type RefusalKind =
  /** The token was refused. */
  | "signed-out"
  /** The token is good, and does not permit this. */
  | "forbidden"
  /** This server has no such route: an older one, or one built without it. */
  | "not-here"
  | "not-found"
  | "unreachable"
  | "refused";

/** A request that was not answered as wished; `message` is for people. */
export class Refusal extends Error {
  constructor(
    readonly kind: RefusalKind,
    message: string,
  ) {
    super(message);
  }
}

export const UNREACHABLE = "The server cannot be reached. It may be restarting, or your connection is down.";

/** Calls the REST API of the server this page came from. */
export class API {
  constructor(readonly tokens: Tokens) {}

  async fetched<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
    return (await (await this.ask("GET", path, undefined, signal)).json()) as Answer;
  }

  async post<Answer>(path: string, body: unknown = {}): Promise<Answer> {
    const text = await (await this.ask("POST", path, body)).text();
    return (text === "" ? {} : JSON.parse(text)) as Answer;
  }

  async delete(path: string): Promise<void> {
    await this.ask("DELETE", path);
  }

  /** Fetches a file with the token, which a plain link could not send, and hands it to the browser. */
  async download(path: string, name: string): Promise<void> {
    const reply = await this.ask("GET", path);
    const address = URL.createObjectURL(await reply.blob());
    const anchor = document.createElement("a");
    anchor.href = address;
    anchor.download = name;
    anchor.click();
    // Not at once: the download may not have begun.
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }

  private async ask(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = { authorization: await this.tokens.token() };
    if (body !== undefined) headers["content-type"] = "application/json";
    let reply: Response;
    try {
      reply = await fetch(path, {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
        signal,
        cache: "no-store",
        credentials: "omit",
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new Refusal("unreachable", UNREACHABLE);
    }
    if (!reply.ok) throw await refusal(reply);
    return reply;
  }
}

/** What an answer other than 2xx means. */
export async function refusal(reply: Response): Promise<Refusal> {
  let body: { code?: unknown; message?: unknown } = {};
  try {
    body = ((await reply.json()) as typeof body | null) ?? {};
  } catch {
    // A proxy's page, say.
  }
  const said = typeof body.message === "string" && body.message !== "" ? body.message : null;
  switch (reply.status) {
    case 401:
      return new Refusal("signed-out", said ?? "The token was refused.");
    case 403:
      return new Refusal("forbidden", said ?? "This key may not do this.");
    case 404:
      return body.code === "ROUTE_NOT_FOUND"
        ? new Refusal("not-here", "This is not available on this server.")
        : new Refusal("not-found", said ?? "There is no such thing.");
    case 405:
      return new Refusal("not-here", "This is not available on this server.");
    case 429:
      return new Refusal("refused", said ?? "Too many requests. Wait a moment.");
    case 502:
    case 503:
    case 504:
      return new Refusal("unreachable", said ?? UNREACHABLE);
    default:
      return new Refusal("refused", said ?? `The server answered ${reply.status}.`);
  }
}

/** What is wrong, in words. */
export function inWords(error: unknown): string {
  return error instanceof Error && error.message ? error.message : "Something went wrong.";
}

/** The answer, or `null` if this server does not have the route: its part of the page says so. */
export async function ifHere<Answer>(answer: Promise<Answer>): Promise<Answer | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Refusal && error.kind === "not-here") return null;
    throw error;
  }
}
