import type { KeyLoad } from "./key-load.ts";
import type { Measured } from "./rounds.ts";

/** The data folder of an embedded store with 20 features of each key. */
export interface FilledStore {
  readonly folder: string;
  /** CPU of a row. */
  readonly fillMicros: number;
  readonly fileBytes: number;
}

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
  /** By their numbers of keys: those that are filled so far, because it takes long. */
  readonly stores: Map<number, FilledStore>;
}
