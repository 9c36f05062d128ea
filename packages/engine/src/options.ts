import type { DistributedCache, InvalidationChannel, PeerCache, ProcessCache } from "@ofs/cache";
import type { Logger } from "@ofs/platform";
import type { Snapshot, StoreDefinition } from "@ofs/registry";
import type { BlockStore } from "@ofs/store";
import type { Registry as MetricsRegistry } from "prom-client";

/** What to answer for cells whose store read failed. */
export type StoreFailurePolicy = "unavailable" | "defaults";

/** Bounds on one request, and on what is kept or under way. A call beyond them is RESOURCE_EXHAUSTED. */
export interface EngineLimits {
  /** Keys of one retrieve. */
  readonly maxKeys: number;
  /** Columns of one retrieve. */
  readonly maxColumns: number;
  /** Keys times columns of one retrieve, or times its groups where those are more. */
  readonly maxCells: number;
  /** The same of one decoded retrieve: making a text of a value costs several times the copying of its bytes. */
  readonly maxDecodedCells: number;
  /** Rows of one persist. */
  readonly maxRows: number;
  /** Bytes of one message that is prepared. Messages have no limit of rows: their bytes bound them. */
  readonly maxMessageBytes: number;
  /** Bytes of one message's rows once they are encoded; defaults that fill partial rows may make them many. */
  readonly maxPreparedBytes: number;
  /** Bytes of one answer. */
  readonly maxResponseBytes: number;
  /** Shapes of reads, and of writes, whose plan is kept. */
  readonly maxPlans: number;
  /** Calls that wait for one store connection at once. */
  readonly maxStoreInFlight: number;
}

export const DEFAULT_LIMITS: EngineLimits = {
  maxKeys: 10_000,
  maxColumns: 10_000,
  maxCells: 2_000_000,
  maxDecodedCells: 500_000,
  maxRows: 10_000,
  maxMessageBytes: 16 * 1024 * 1024,
  maxPreparedBytes: 64 * 1024 * 1024,
  maxResponseBytes: 64 * 1024 * 1024,
  maxPlans: 1_000,
  maxStoreInFlight: 1_000,
};

export interface EngineOptions {
  readonly registry: {
    snapshot(): Snapshot | undefined;
    /** Reads the registry again; shared and rate limited by the registry. */
    refresh(): Promise<void>;
  };
  /** The connection a store lives on; undefined where this process has none. */
  storeFor(definition: StoreDefinition): BlockStore | undefined;
  /** By configuration id. */
  readonly processCaches: ReadonlyMap<number, ProcessCache>;
  /** Takes the place of the process cache for the share of requests that the registry says. */
  readonly peerCache?: PeerCache | undefined;
  distributedCacheFor(confId: number): DistributedCache | undefined;
  /** Ways to the other processes that may hold what this one writes. They stay the caller's. */
  readonly invalidationChannels?: readonly InvalidationChannel[];
  readonly onStoreFailure: StoreFailurePolicy;
  readonly storeTimeoutMs: number;
  readonly distributedTimeoutMs: number;
  /** Unix milliseconds: expiries, deadlines, write times. */
  now(): number;
  /** Milliseconds of a clock that does not step, the one of the caches: ages. Default `performance.now`. */
  monotonicNow?(): number;
  /** In [0, 1). */
  random(): number;
  readonly metrics: MetricsRegistry;
  readonly log: Logger;
  readonly limits?: Partial<EngineLimits>;
}
