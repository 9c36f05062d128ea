import type { persist, retrieve } from "@ofs/proto";
import { entityTree, type GroupOptions, type RegistryEntries } from "@ofs/testkit";
import {
  CALLER_ID,
  CALLER_TOKEN,
  type CacheUse,
} from "../../services/api-server/test/scenarios/scenario-tree.ts";
import type { StoreKind } from "../../services/api-server/test/scenarios/server-under-test.ts";

/** What every caller of the benchmarks sends. */
export const HEADERS = {
  "online-feature-store-caller-id": CALLER_ID,
  "online-feature-store-auth-token": CALLER_TOKEN,
};

/** Where the answers come from. */
export interface Tier {
  readonly name: string;
  readonly store: StoreKind;
  readonly caches: CacheUse;
}

const NO_CACHE: CacheUse = { process: false, distributed: false };

export const TIERS: readonly Tier[] = [
  { name: "process", store: "embedded", caches: { process: true, distributed: false } },
  { name: "redis-cache", store: "embedded", caches: { process: false, distributed: true } },
  { name: "redis", store: "redis_standalone", caches: NO_CACHE },
  { name: "cassandra", store: "scylla", caches: NO_CACHE },
  { name: "embedded", store: "embedded", caches: NO_CACHE },
];

/** What is asked for: features of one or several groups. */
export interface Shape {
  readonly name: string;
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** `persist.Values` of each group, for row `i`. */
  values(i: number): persist.IValues[];
}

const labels = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`);

const FP32 = labels("f", 20);
const WIDE_FP32 = labels("w", 100);
const INT32 = labels("i", 6);
const FP16 = labels("h", 6);
const BOOL = labels("b", 4);
const STRING = labels("s", 3);
const VECTOR_LENGTH = 32;
const LONG_VECTOR_LENGTH = 256;

export const SHAPES: readonly Shape[] = [
  {
    name: "20 fp32",
    groups: { fp32: FP32 },
    values: (i) => [{ fp32Values: FP32.map((_, f) => i + f / 7) }],
  },
  {
    name: "100 fp32",
    groups: { wide: WIDE_FP32 },
    values: (i) => [{ fp32Values: WIDE_FP32.map((_, f) => i + f / 7) }],
  },
  {
    name: "20 mixed",
    groups: { int32: INT32, fp16: FP16, bool: BOOL, string: STRING, vector: ["v"] },
    values: (i) => [
      { int32Values: INT32.map((_, f) => i * f) },
      { fp32Values: FP16.map((_, f) => f / 3) },
      { boolValues: BOOL.map((_, f) => (i + f) % 2 === 0) },
      { stringValues: STRING.map((_, f) => `value-${i}-${f}`) },
      { vector: [{ values: { fp32Values: labels("", VECTOR_LENGTH).map(Number) } }] },
    ],
  },
  {
    name: "256-d vector",
    groups: { embedding: ["e"] },
    values: (i) => [
      {
        vector: [
          { values: { fp32Values: labels("", LONG_VECTOR_LENGTH).map((n) => i + Number(n) / 7) } },
        ],
      },
    ],
  },
];

export const KEY_COUNTS: readonly number[] = [1, 10, 100, 500];

/** Entity keys that are written, and asked for in turn. */
export const WRITTEN_KEYS = 2_000;

const ENTITY = "user";

export function benchTree(
  store: Readonly<Record<string, unknown>>,
  { process, distributed }: CacheUse,
): RegistryEntries {
  const cached = { process, distributed };
  const group = (
    id: number,
    type: string,
    features: readonly string[],
    meta = {},
  ): GroupOptions => ({
    id,
    type,
    versions: [Object.fromEntries(features.map((label) => [label, meta]))],
    ...cached,
  });
  return {
    "security/reader/scenario": JSON.stringify({ token: "scenario-token" }),
    "storage/stores/1": JSON.stringify({ ...store, "max-column-size-in-bytes": 2048 }),
    ...entityTree(ENTITY, ["user_id"], {
      fp32: group(0, "FP32", FP32),
      int32: group(1, "Int32", INT32),
      fp16: group(2, "FP16", FP16),
      bool: group(3, "Bool", BOOL),
      string: group(4, "String", STRING, { stringLength: 32 }),
      vector: group(5, "FP32Vector", ["v"], { vectorLength: VECTOR_LENGTH }),
      wide: group(6, "FP32", WIDE_FP32),
      embedding: group(7, "FP32Vector", ["e"], { vectorLength: LONG_VECTOR_LENGTH }),
    }),
  };
}

export function writeQuery(shape: Shape, from: number, to: number): persist.IQuery {
  const rows = Array.from({ length: to - from }, (_, i) => from + i);
  return {
    entityLabel: ENTITY,
    keysSchema: ["user_id"],
    featureGroupSchema: groupsOf(shape),
    data: rows.map((i) => ({
      keyValues: [`user-${i}`],
      featureValues: shape.values(i).map((values) => ({ values })),
    })),
  };
}

export function readQuery(shape: Shape, first: number, keyCount: number): retrieve.IQuery {
  return {
    entityLabel: ENTITY,
    keysSchema: ["user_id"],
    featureGroups: groupsOf(shape),
    keys: Array.from({ length: keyCount }, (_, i) => ({
      cols: [`user-${(first + i) % WRITTEN_KEYS}`],
    })),
  };
}

function groupsOf({ groups }: Shape): { label: string; featureLabels: string[] }[] {
  return Object.entries(groups).map(([label, features]) => ({
    label,
    featureLabels: [...features],
  }));
}
