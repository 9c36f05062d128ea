import { ArenaProcessCache } from "@ofs/cache";
import { createLogger } from "@ofs/platform";
import { persist, retrieve } from "@ofs/proto";
import { parseSnapshot, type Snapshot } from "@ofs/registry";
import type { BlockStore } from "@ofs/store";
import { DISTRIBUTED_CONF_ID, PROCESS_CONF_ID, type RegistryEntries } from "@ofs/testkit";
import { Registry as MetricsRegistry } from "prom-client";
import {
  type CallContext,
  createEngine,
  type Engine,
  type EngineLimits,
  type MessageWriter,
} from "../src/index.ts";
import { MemoryBlockStore } from "./fakes/memory-block-store.ts";
import { MemoryDistributedCache } from "./fakes/memory-distributed-cache.ts";

export function snapshotOf(tree: RegistryEntries, revision = 1): Snapshot {
  const store = { "db-type": "scylla", "conf-id": 1, table: "t", "max-column-size-in-bytes": 1024 };
  const entries = Object.entries({ "storage/stores/1": JSON.stringify(store), ...tree });
  return parseSnapshot(new Map(entries.map(([path, text]) => [path, Buffer.from(text)])), revision);
}

export interface Harness {
  readonly engine: Engine & MessageWriter;
  readonly store: MemoryBlockStore;
  readonly process: ArenaProcessCache;
  readonly distributed: MemoryDistributedCache;
  readonly metrics: MetricsRegistry;
  /** Unix milliseconds; move it freely. */
  nowMs: number;
  /** The clock that does not step; goes with `nowMs` until it is set. */
  monotonicMs: number | undefined;
  snapshot: Snapshot | undefined;
  /** Runs when the engine asks the registry to look again. */
  onRefresh: () => void;
  refreshCount: number;
  retrieve(query: retrieve.IQuery, context?: Partial<CallContext>): Promise<Answer>;
  retrieveDecoded(query: retrieve.IQuery): Promise<string[][]>;
  persist(query: persist.IQuery, context?: Partial<CallContext>): Promise<string>;
}

export interface Answer {
  readonly result: retrieve.Result;
  /** Columns in hex, row by row. */
  readonly hex: string[][];
  readonly degraded: number;
  /** Whether the engine answered without a promise. */
  readonly wasImmediate: boolean;
}

export function createHarness(
  tree: RegistryEntries,
  options: {
    readonly onStoreFailure?: "unavailable" | "defaults";
    readonly limits?: Partial<EngineLimits>;
    /** Stores by configuration id, beside the harness's own at 1. */
    readonly otherStores?: ReadonlyMap<number, BlockStore>;
  } = {},
): Harness {
  const harness = {
    store: new MemoryBlockStore(),
    distributed: new MemoryDistributedCache(),
    metrics: new MetricsRegistry(),
    nowMs: Date.UTC(2026, 0, 1),
    monotonicMs: undefined,
    snapshot: snapshotOf(tree) as Snapshot | undefined,
    onRefresh: () => {},
    refreshCount: 0,
  } as Harness & { process: ArenaProcessCache; engine: Engine & MessageWriter };
  const monotonicNow = (): number => harness.monotonicMs ?? harness.nowMs;
  harness.process = new ArenaProcessCache({
    maxSizeBytes: 1_000_000,
    monotonicNow,
  });
  harness.engine = createEngine({
    registry: {
      snapshot: () => harness.snapshot,
      refresh: async () => {
        harness.refreshCount += 1;
        harness.onRefresh();
      },
    },
    storeFor: ({ confId }) => (confId === 1 ? harness.store : options.otherStores?.get(confId)),
    processCaches: new Map([[PROCESS_CONF_ID, harness.process]]),
    distributedCacheFor: (id) => (id === DISTRIBUTED_CONF_ID ? harness.distributed : undefined),
    onStoreFailure: options.onStoreFailure ?? "unavailable",
    storeTimeoutMs: 1000,
    distributedTimeoutMs: 100,
    now: () => harness.nowMs,
    monotonicNow,
    random: () => 0.5,
    metrics: harness.metrics,
    log: createLogger({ service: "test", level: "ERROR" }),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
  harness.retrieve = async (query, context) => {
    const request = retrieve.Query.encode(query).finish();
    const answering = harness.engine.retrieve(request, callContext(context));
    const { response, degradedCellCount } = await answering;
    const result = retrieve.Result.decode(response);
    return {
      result,
      hex: result.rows.map((row) => (row.columns ?? []).map((c) => Buffer.from(c).toString("hex"))),
      degraded: degradedCellCount,
      wasImmediate: !(answering instanceof Promise),
    };
  };
  harness.retrieveDecoded = async (query) => {
    const request = retrieve.Query.encode(query).finish();
    const { response } = await harness.engine.retrieveDecoded(request, callContext());
    return retrieve.DecodedResult.decode(response).rows.map((row) => row.columns ?? []);
  };
  harness.persist = async (query, context) => {
    const request = persist.Query.encode(query).finish();
    const response = await harness.engine.persist(request, callContext(context));
    return persist.Result.decode(response).message;
  };
  return harness;
}

function callContext(context: Partial<CallContext> = {}): CallContext {
  return {
    callerId: "test",
    deadlineMs: Number.POSITIVE_INFINITY,
    signal: undefined,
    entities: undefined,
    ...context,
  };
}

/** Little-endian bytes of float32 values. */
export function fp32(...values: number[]): Uint8Array {
  return new Uint8Array(new Float32Array(values).buffer);
}

export function query(
  entity: string,
  keysSchema: string[],
  groups: Record<string, string[]>,
  ...keys: string[][]
): retrieve.IQuery {
  return {
    entityLabel: entity,
    keysSchema,
    featureGroups: Object.entries(groups).map(([label, featureLabels]) => ({
      label,
      featureLabels,
    })),
    keys: keys.map((cols) => ({ cols })),
  };
}
