import { persist, retrieve } from "@ofs/proto";
import type { FlowFault } from "@ofs/testkit";
import type { CacheUse } from "../../../services/api-server/test/scenarios/scenario-tree.ts";
import type { StoreKind } from "../../../services/api-server/test/scenarios/server-under-test.ts";
import { readQuery, SHAPES, type Shape, WRITTEN_KEYS, writeQuery } from "../cases.ts";

const [, WIDE] = SHAPES as readonly [Shape, Shape];
const REQUEST_COUNT = 100;
const NO_CACHE: CacheUse = { process: false, distributed: false };

/** What the server is loaded with. Calls are heavy, so that the load costs little beside them. */
export interface OverloadCase {
  readonly name: string;
  readonly store: StoreKind;
  readonly caches: CacheUse;
  readonly method: string;
  /** Whether the store compiles itself while it runs: it is read until that makes it no faster. */
  readonly compilesItself: boolean;
  /** What is wrong with the way from the store, if anything. */
  readonly storeFault: FlowFault | undefined;
  requests(): Uint8Array[];
}

const reads = (keyCount: number): Uint8Array[] =>
  Array.from({ length: REQUEST_COUNT }, (_, i) =>
    retrieve.Query.encode(readQuery(WIDE, i * 20, keyCount)).finish(),
  );

const writes = (rowCount: number): Uint8Array[] =>
  Array.from({ length: REQUEST_COUNT }, (_, i) => {
    const from = (i * 20) % (WRITTEN_KEYS - rowCount);
    return persist.Query.encode(writeQuery(WIDE, from, from + rowCount)).finish();
  });

const READ = "/retrieve.FeatureService/RetrieveFeatures";
const WRITE = "/persist.FeatureService/PersistFeatures";

const base = {
  store: "embedded",
  caches: NO_CACHE,
  method: READ,
  compilesItself: false,
  storeFault: undefined,
} as const;

export const OVERLOAD_CASES: readonly OverloadCase[] = [
  {
    ...base,
    name: "process cache, 400 keys",
    caches: { process: true, distributed: false },
    requests: () => reads(400),
  },
  { ...base, name: "embedded store, 100 keys", requests: () => reads(100) },
  {
    ...base,
    name: "Redis store, 100 keys",
    store: "redis_standalone",
    requests: () => reads(100),
  },
  {
    ...base,
    name: "Redis store behind 100 ms, 100 keys",
    store: "redis_standalone",
    storeFault: { kind: "delay", ms: 100 },
    requests: () => reads(100),
  },
  {
    ...base,
    name: "Redis store behind 8 MB/s, 100 keys",
    store: "redis_standalone",
    storeFault: { kind: "bandwidth", bytesPerSecond: 8_000_000 },
    requests: () => reads(100),
  },
  {
    ...base,
    name: "Cassandra store, 100 keys",
    store: "scylla",
    compilesItself: true,
    requests: () => reads(100),
  },
  {
    ...base,
    name: "writes, embedded store, 20 rows",
    method: WRITE,
    requests: () => writes(20),
  },
];
