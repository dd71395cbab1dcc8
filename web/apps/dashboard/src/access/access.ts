import { expiry, keyOf, signToken } from "./signing";

/** How the dashboard comes by tokens. */
export type Access =
  | { kind: "key"; key: string; secret: string }
  | { kind: "token"; token: string }
  | { kind: "development"; token: string };

/** Seconds that a token of ours holds: no longer than a few requests need. */
const LIFETIME = 300;
/** Milliseconds before its end at which a token is replaced. */
const SPARE = 60_000;

/** Gives tokens for requests, signed here or the one that was pasted. */
export class Tokens {
  private current: { token: string; until: number } | null = null;

  constructor(readonly access: Access) {}

  /** Whose requests they are: the name of the API key. */
  get name(): string {
    return this.access.kind === "key" ? this.access.key : keyOf(this.access.token) || "a token";
  }

  async token(now: number = Date.now()): Promise<string> {
    if (this.access.kind !== "key") return this.access.token;
    if (this.current && this.current.until - SPARE > now) return this.current.token;
    const { key, secret } = this.access;
    const token = await signToken(
      key,
      secret,
      { permissions: ["allow_join", "allow_mod"], version: 2, roles: ["crawler"] },
      now,
      LIFETIME,
    );
    this.current = { token, until: now + LIFETIME * 1_000 };
    return token;
  }

  /**
   * The link with which anybody enters a room: with a token of a day if tokens can be signed here,
   * without one if the server gives them away.
   */
  async invitation(room: string, now: number = Date.now()): Promise<string> {
    const address = new URL("/", location.href);
    address.searchParams.set("room", room);
    if (this.access.kind === "key") {
      const { key, secret } = this.access;
      const claims = { permissions: ["allow_join"], version: 2, roles: ["rtc"], roomId: room };
      address.searchParams.set("token", await signToken(key, secret, claims, now, 86_400));
    }
    return address.href;
  }
}

/** Why a token cannot be used, in words, before the server is asked; `null` if nothing is wrong. */
export function problemOf(token: string, now: number = Date.now()): string | null {
  if (token.split(".").length !== 3) return "This is no token: a token has three parts with dots between them.";
  const expires = expiry(token);
  return expires !== null && expires < now ? "This token has expired. Have a new one made." : null;
}

const STORED = "stoa.dashboard.access";

/** Keeps the access until the tab is closed, so that a reload does not sign out. */
export function keep(access: Access): void {
  try {
    sessionStorage.setItem(STORED, JSON.stringify(access));
  } catch {
    // Then it is asked for again after a reload.
  }
}

export function forget(): void {
  try {
    sessionStorage.removeItem(STORED);
  } catch {
    // Nothing was kept.
  }
}

/** What `keep` kept in this tab. */
export function kept(): Access | null {
  try {
    const value = JSON.parse(sessionStorage.getItem(STORED) ?? "null") as Partial<Record<string, unknown>> | null;
    const text = (name: string): boolean => typeof value?.[name] === "string";
    if (value?.kind === "key" && text("key") && text("secret")) return value as Access;
    if ((value?.kind === "token" || value?.kind === "development") && text("token")) return value as Access;
  } catch {
    // What does not read as ours is not used.
  }
  return null;
}
