import type { KeyLoad } from "./key-load.ts";
import type { Measured } from "./rounds.ts";

/** What every part of the benchmark works with. */
export interface Bench {
  readonly load: KeyLoad;
  readonly yardstick: Measured;
  readonly rounds: number;
  /** Of the calls that a turn has. */
  readonly share: number;
  /** Numbers of keys, of store and cache: powers of ten. */
  readonly sizes: readonly number[];
  /** For data folders. */
  readonly folder: string;
}
