/** What a token says, beside when it was made and until when it holds. */
export interface Claims {
  permissions?: string[];
  version?: number;
  roles?: string[];
  roomId?: string;
}

/**
 * A token (JWT, HS256) signed with an API key's secret.
 *
 * The secret goes into the signature and nowhere else. `now` is in milliseconds, `seconds` is how
 * long the token holds.
 */
export async function signToken(
  key: string,
  secret: string,
  claims: Claims,
  now: number,
  seconds: number,
  subtle: SubtleCrypto = crypto.subtle,
): Promise<string> {
  const issued = Math.floor(now / 1_000);
  const bytes = new TextEncoder();
  const text = [{ alg: "HS256", typ: "JWT" }, { apikey: key, ...claims, iat: issued, exp: issued + seconds }]
    .map((part) => base64URL(bytes.encode(JSON.stringify(part))))
    .join(".");
  const hmac = await subtle.importKey("raw", bytes.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return `${text}.${base64URL(new Uint8Array(await subtle.sign("HMAC", hmac, bytes.encode(text))))}`;
}

/** When a token stops holding, in milliseconds; `null` if it does not say or is none. */
export function expiry(token: string): number | null {
  const expires = claimsOf(token).exp;
  return typeof expires === "number" ? expires * 1_000 : null;
}

/** The API key a token is of; empty if it does not say. */
export function keyOf(token: string): string {
  const key = claimsOf(token).apikey;
  return typeof key === "string" ? key : "";
}

function claimsOf(token: string): Record<string, unknown> {
  try {
    const text = atob(token.split(".")[1]!.replace(/-/g, "+").replace(/_/g, "/"));
    const claims: unknown = JSON.parse(text);
    return typeof claims === "object" && claims !== null ? (claims as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function base64URL(bytes: Uint8Array): string {
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return text.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
