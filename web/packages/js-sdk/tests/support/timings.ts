import { Timings } from "../../src/connection";

/** The real order of things, a hundred times as fast. */
export const FAST: Timings = {
  ping: 50,
  silence: 400,
  probe: 100,
  stable: 0,
  connect: 1_000,
  backoff: [0, 3, 10, 20],
  joinAttempts: 3,
  leave: 20,
};
