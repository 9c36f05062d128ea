import { type SeededRandom, seededRandom } from "@ofs/testkit";

/** Hostile requests of a run over all surfaces. */
const TOTAL = Number(process.env["OFS_HOSTILE_REQUESTS"] ?? 20_000);

/** `random` draws a new one each run; it is printed either way. */
const SEED_TEXT = process.env["OFS_HOSTILE_SEED"] ?? "20";
export const SEED =
  SEED_TEXT === "random" ? Math.floor(Math.random() * 2 ** 31) : Number(SEED_TEXT);

/** How the total is divided: requests are cheap, changes of the registry are not. */
const PERCENT = {
  "grpc requests": 50,
  connections: 15,
  "json bodies": 25,
  "registry values": 1,
  "cache records": 5,
  "stored blocks": 4,
} as const;

export type Surface = keyof typeof PERCENT;

/** @returns how many hostile requests a surface gets; the shares add up to the total */
export function shareOf(surface: Surface): number {
  return Math.ceil((TOTAL * PERCENT[surface]) / 100);
}

/** The randomness of one case: any case of a run can be made again from its number alone. */
export function randomOf(surface: Surface, index: number): SeededRandom {
  let mixed = SEED >>> 0;
  for (const char of `${surface} ${index}`) {
    mixed = Math.imul(mixed ^ char.charCodeAt(0), 0x01000193) >>> 0;
  }
  return seededRandom(mixed);
}

/** What a failure must say to be repeated. */
export function nameOfCase(surface: Surface, index: number, kind: string): string {
  return `${surface} case ${index} (${kind}), OFS_HOSTILE_SEED=${SEED}`;
}
