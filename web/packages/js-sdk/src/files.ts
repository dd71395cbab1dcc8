import { Environment } from "./environment";
import { ErrorName, sdkError, VideoSDKError } from "./errors";

export interface FileUpload {
  /** With or without `data:…;base64,` before it. */
  base64Data: string;
  token: string;
  /** Its extension says what it is; at most 10 MiB. */
  fileName: string;
}

export interface FileAddress {
  url: string;
  token: string;
}

/** Files that live as long as the session, kept at the server's REST interface. */
export class Files {
  /** `base` is the server's address without a slash at its end. */
  constructor(private readonly base: string, private readonly environment: Environment) {}

  /** Keeps a file and gives its address. */
  async upload(roomId: string, { base64Data, token, fileName }: FileUpload): Promise<string> {
    if (typeof base64Data !== "string" || typeof fileName !== "string" || fileName === "") {
      throw sdkError("ERROR_INVALID_PARAMETER", "A file needs base64Data and a fileName.");
    }
    const content = base64Data.replace(/^data:[^,]*,/, "");
    const body = await this.ask("/v2/files", token, {
      method: "POST",
      body: JSON.stringify({ roomId, base64Data: content, fileName }),
    });
    if (typeof body.url !== "string") throw unexpected();
    return new URL(body.url, `${this.base}/`).href;
  }

  /** The content of a file that `upload` gave the address of, as base64. */
  async fetch({ url, token }: FileAddress): Promise<string> {
    // Asked of our own server whatever host the address names: the token is for nobody else.
    const id = /\/v2\/files\/([^/?#]+)/.exec(String(url))?.[1];
    if (!id) throw sdkError("ERROR_INVALID_PARAMETER", `This is no address of a file: ${url}`);
    const body = await this.ask(`/v2/files/${id}?base64=true`, token, { method: "GET" });
    if (typeof body.base64Data !== "string") throw unexpected();
    return body.base64Data;
  }

  private async ask(
    path: string,
    token: string,
    init: { method: string; body?: string },
  ): Promise<Record<string, unknown>> {
    const headers = { authorization: token, "content-type": "application/json" };
    let reply: Response;
    try {
      reply = await this.environment.fetch(this.base + path, { ...init, headers });
    } catch (error) {
      throw sdkError("ERROR_OPERATION_TIMED_OUT", `The server cannot be reached: ${String(error)}`);
    }
    const body = ((await reply.json().catch(() => null)) ?? {}) as Record<string, unknown>;
    if (!reply.ok) throw refusal(reply.status, body);
    return body;
  }
}

/** The server's own words, with the number of the closest error of the table. */
function refusal(status: number, body: Record<string, unknown>): VideoSDKError {
  const text = typeof body.message === "string" ? body.message : `The server answered ${status}.`;
  return sdkError(STATUS_NAMES[status] ?? "INTERNAL_ERROR", text);
}

const STATUS_NAMES: Record<number, ErrorName> = {
  400: "ERROR_INVALID_PARAMETER",
  401: "INVALID_TOKEN",
  403: "NOT_PERMITTED",
  404: "NOT_FOUND",
  413: "ERROR_INVALID_PARAMETER",
  415: "ERROR_INVALID_PARAMETER",
  429: "QUOTA_EXCEEDED",
};

function unexpected(): VideoSDKError {
  return sdkError("INTERNAL_ERROR", "The server's answer has not what was asked for.");
}
