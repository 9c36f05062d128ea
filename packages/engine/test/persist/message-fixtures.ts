import { persist } from "@ofs/proto";
import { entityTree, type RegistryEntries } from "@ofs/testkit";
import { UnwritableError } from "../../src/index.ts";
import { createHarness, fp32, type Harness } from "../harness.ts";

/** 2026-01-01, as the harness's clock. */
export const T0 = Date.UTC(2026, 0, 1) * 1000;

/** A second store, on the connection 2. */
const OTHER_STORE = {
  "storage/stores/2": JSON.stringify({
    "db-type": "redis_standalone",
    "conf-id": 2,
    table: "other",
    "max-column-size-in-bytes": 1024,
  }),
};

export const TREE: RegistryEntries = {
  ...OTHER_STORE,
  ...entityTree("user", ["id"], {
    scores: {
      id: 7,
      type: "FP32",
      ttlSeconds: 60,
      versions: [{ ctr: { default: fp32(0.5) }, cvr: { default: fp32(-1) } }],
    },
    tags: { id: 1, type: "String", versions: [{ city: { stringLength: 4 } }] },
    small: { id: 2, type: "Int8", versions: [{ a: {}, b: {} }] },
    vectors: { id: 3, type: "FP32Vector", versions: [{ v: { vectorLength: 2 } }] },
    elsewhere: { id: 4, type: "Int32", versions: [{ n: {} }], storeId: "2" },
  }),
  ...entityTree("pair", ["a", "b"], { counts: { id: 0, type: "Int32", versions: [{ n: {} }] } }),
};

export type Row = readonly [keys: string[], ...values: (persist.IValues | undefined)[]];

/** A message of `user`, unless `head` says otherwise. */
export function message(
  groups: Record<string, string[]>,
  rows: readonly Row[],
  head: persist.IQuery = {},
): Uint8Array {
  return persist.Query.encode({
    entityLabel: "user",
    keysSchema: ["id"],
    featureGroupSchema: Object.entries(groups).map(([label, featureLabels]) => ({
      label,
      featureLabels,
    })),
    data: rows.map(([keyValues, ...values]) => ({
      keyValues,
      featureValues: values.map((one) => (one === undefined ? {} : { values: one })),
    })),
    ...head,
  }).finish();
}

export const scores = { scores: ["ctr", "cvr"] };
export const floats = (...fp32Values: number[]): persist.IValues => ({ fp32Values });

/** What `persist` says of a request. */
export async function persistFailure({ engine }: Harness, request: Uint8Array): Promise<unknown> {
  const context = { callerId: "t", deadlineMs: Infinity, signal: undefined, entities: undefined };
  return engine.persist(request, context).then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Why a message cannot be prepared. */
export function unwritable({ engine }: Harness, request: Uint8Array): UnwritableError {
  try {
    engine.prepare(request, T0);
  } catch (error) {
    if (error instanceof UnwritableError) return error;
    throw error;
  }
  throw new Error("the message was prepared");
}

export { createHarness };
