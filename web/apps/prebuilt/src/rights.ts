import { claims } from "./access";

/** What a token lets its holder do to others. */
export interface Rights {
  /** Let waiting guests in. */
  admits: boolean;
  /** Has to be let in. */
  asks: boolean;
  /** Mute, pin, move and remove others. */
  moderates: boolean;
}

/** Read from the token itself; the server decides. A token without a list of permissions has all. */
export function rightsOf(token: string): Rights {
  const { permissions } = claims(token);
  if (!Array.isArray(permissions)) return { admits: true, asks: false, moderates: true };
  return {
    admits: permissions.includes("allow_join"),
    asks: permissions.includes("ask_join"),
    moderates: permissions.includes("allow_mod"),
  };
}
