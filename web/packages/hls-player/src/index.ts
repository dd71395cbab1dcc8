export type { Clock } from "./clock";
export { HLSPlayer } from "./player";
export type { Level, PlayerOptions, PlayerState } from "./player";
export type { Range } from "./ranges";
export { support } from "./support";
export type { Support } from "./support";
