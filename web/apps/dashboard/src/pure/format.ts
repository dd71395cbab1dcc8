const LOCALE = typeof navigator === "undefined" ? "en-GB" : navigator.language;

/** What stands where nothing is known. */
export const NOTHING = "–";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Milliseconds since 1970 of an ISO 8601 text; `null` if it is none. */
export function moment(text: string | null | undefined): number | null {
  if (!text) return null;
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : time;
}

/** A span in its two largest units: `1 h 05 min`, `42 s`, `3 d 4 h`. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / SECOND));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return seconds % 60 ? `${minutes} min ${pad(seconds % 60)} s` : `${minutes} min`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${pad(minutes % 60)} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** How long ago or ahead a time is, in one unit: `2 min ago`, `in 5 s`. */
export function relative(time: number, now: number): string {
  const away = Math.abs(now - time);
  if (away < 2 * SECOND) return "now";
  const [size, unit] =
    away < MINUTE ? [SECOND, "s"] : away < HOUR ? [MINUTE, "min"] : away < DAY ? [HOUR, "h"] : [DAY, "d"];
  const count = `${Math.floor(away / (size as number))} ${unit}`;
  return time <= now ? `${count} ago` : `in ${count}`;
}

/** A bit rate of so many kbit/s, in the unit that keeps it short. */
export function bitrate(kilobits: number | null | undefined): string {
  if (kilobits == null) return NOTHING;
  if (kilobits < 1_000) return `${round(kilobits)} kbit/s`;
  if (kilobits < 1_000_000) return `${round(kilobits / 1_000)} Mbit/s`;
  return `${round(kilobits / 1_000_000)} Gbit/s`;
}

/** Bytes in the unit that keeps them short. */
export function bytes(value: number | null | undefined): string {
  if (value == null) return NOTHING;
  if (value < 1_000) return `${round(value)} B`;
  if (value < 1_000_000) return `${round(value / 1_000)} kB`;
  if (value < 1_000_000_000) return `${round(value / 1_000_000)} MB`;
  return `${round(value / 1_000_000_000)} GB`;
}

export function milliseconds(value: number | null | undefined): string {
  if (value == null) return NOTHING;
  return `${value >= 10 ? Math.round(value).toLocaleString(LOCALE) : round(value)} ms`;
}

/** A quality score of 0 to 5, with one decimal. */
export function score(value: number | null | undefined): string {
  return value == null ? NOTHING : value.toFixed(1);
}

/** A number with separators; one decimal below 100 if it has any. */
export function count(value: number | null | undefined): string {
  if (value == null) return NOTHING;
  return value.toLocaleString(LOCALE, { maximumFractionDigits: Math.abs(value) < 100 ? 1 : 0 });
}

/** `1 person`, `3 people`. */
export function counted(value: number, one: string, many: string): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A time of day, with seconds if asked for. */
export function clock(time: number, seconds = false): string {
  return new Date(time).toLocaleTimeString(LOCALE, {
    hour: "2-digit",
    minute: "2-digit",
    second: seconds ? "2-digit" : undefined,
    hourCycle: "h23",
  });
}

/** A day without its year: `12 Mar`. */
export function day(time: number): string {
  return new Date(time).toLocaleDateString(LOCALE, { day: "numeric", month: "short" });
}

/** Day and time; the year only if it is not this one. */
export function dateTime(time: number, now: number = Date.now()): string {
  const sameYear = new Date(time).getFullYear() === new Date(now).getFullYear();
  const date = new Date(time).toLocaleDateString(LOCALE, {
    day: "numeric",
    month: "short",
    year: sameYear ? undefined : "numeric",
  });
  return `${date}, ${clock(time)}`;
}

/** Words for codes: `last-participant-left` and `MANUAL_LEAVE_CALLED` become sentences. */
export function words(code: string): string {
  const text = code.replace(/[-_]+/g, " ").trim().toLowerCase();
  return (text.charAt(0).toUpperCase() + text.slice(1)).replace(/\bapi\b/gi, "API");
}

function round(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : 1;
  return value.toLocaleString(LOCALE, { maximumFractionDigits: digits });
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
