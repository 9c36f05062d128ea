const FIRST_MS = 100;
const LARGEST_MS = 5000;

/** How long to wait after so many failures in a row: doubling, to a maximum, and a random part of it, so that many clients do not come back at once. */
export function backoffMs(failures: number, random: number): number {
  const fullMs = Math.min(LARGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 16));
  return Math.ceil(fullMs * (0.5 + 0.5 * random));
}
