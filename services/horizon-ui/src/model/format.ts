const KIBI = 1024;
const BYTE_UNITS = ["bytes", "KiB", "MiB", "GiB"] as const;
const DURATIONS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
] as const;
const RELATIVE_LIMIT_SECONDS = 30 * 86_400;

/** `1 byte`, `1.5 KiB`. */
export function formatBytes(bytes: number): string {
  if (bytes === 1) return "1 byte";
  let value = bytes;
  let unit = 0;
  while (value >= KIBI && unit < BYTE_UNITS.length - 1) {
    value /= KIBI;
    unit += 1;
  }
  return `${formatNumber(Math.round(value * 10) / 10)} ${BYTE_UNITS[unit]}`;
}

export function formatNumber(value: number): string {
  return value.toLocaleString("en-US");
}

/** In the largest unit that says it exactly: 7200 is `2 hours`, 90 is `90 seconds`. */
export function formatDuration(seconds: number): string {
  if (seconds === 0) return "0 seconds";
  const [name, size] = DURATIONS.find(([, size]) => seconds % size === 0) ?? ["second", 1];
  const count = seconds / size;
  return `${formatNumber(count)} ${name}${count === 1 ? "" : "s"}`;
}

/** A time to live, of which 0 means none. */
export function formatTtl(seconds: number): string {
  return seconds === 0 ? "never expires" : formatDuration(seconds);
}

/** `5 minutes ago`; a date when it is more than 30 days off. */
export function formatAge(atMs: number, nowMs: number): string {
  const seconds = Math.round((nowMs - atMs) / 1000);
  if (Math.abs(seconds) < 5) return "just now";
  if (Math.abs(seconds) > RELATIVE_LIMIT_SECONDS) return formatDate(atMs);
  const [name, size] = DURATIONS.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  const count = Math.floor(Math.abs(seconds) / size);
  const span = `${count} ${name}${count === 1 ? "" : "s"}`;
  return seconds < 0 ? `in ${span}` : `${span} ago`;
}

/** `2026-03-01`. */
export function formatDate(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** `2026-03-01 09:30:00 UTC`. */
export function formatInstant(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** `1 feature`, `2 features`. */
export function formatCount(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatNumber(count)} ${count === 1 ? noun : plural}`;
}
