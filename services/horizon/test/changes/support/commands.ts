import { DATA_TYPES, type DataType, dataTypeByName } from "@ofs/codec";
import fc from "fast-check";
import type { ChangeKind } from "../../../src/changes/index.ts";
import {
  cacheBody,
  deleteBody,
  entityBody,
  featureBody,
  featuresBody,
  groupBody,
  groupEditBody,
  jobBody,
  keyBody,
  storeBody,
} from "./bodies.ts";

/** A change to try, before it is known whether it fits. */
export interface Command {
  readonly kind: ChangeKind;
  /** @param typeOf data type of a group that exists */
  readonly body: (typeOf: (entity: string, group: string) => string | undefined) => unknown;
}

const ENTITIES = ["user", "us-er", "catalog", "User"] as const;
const GROUPS = ["core", "Core", "tags", "g.1"] as const;
const LABELS = [
  "ctr",
  "CTR",
  "cvr",
  "7",
  "a-b",
  "ab",
  "__proto__x",
  "city",
  "constructor",
  "x.y",
] as const;
const JOBS = ["user_job", "other"] as const;
const TABLES = ["t1", "T1", "t2", "t3"] as const;

const entity = fc.constantFrom(...ENTITIES);
const group = fc.constantFrom(...GROUPS);
const labels = fc.uniqueArray(fc.constantFrom(...LABELS), { minLength: 1, maxLength: 4 });

/** Numbers from which features of any type are made. */
interface Seed {
  readonly label: string;
  readonly stringLength: number;
  readonly vectorLength: number;
  readonly number: number;
  readonly hasSource: boolean;
}

const seeds: fc.Arbitrary<readonly Seed[]> = labels.chain((names) =>
  fc.tuple(
    ...names.map((label) =>
      fc.record({
        label: fc.constant(label),
        // Some that fill several columns, some rows.
        stringLength: fc.oneof(
          fc.integer({ min: 1, max: 40 }),
          fc.integer({ min: 1, max: 30_000 }),
        ),
        vectorLength: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 700 })),
        number: fc.integer({ min: 0, max: 127 }),
        hasSource: fc.boolean(),
      }),
    ),
  ),
);

function featureOf(seed: Seed, dataType: DataType): Readonly<Record<string, unknown>> {
  const source = seed.hasSource
    ? { "storage-provider": "TABLE", "source-base-path": "db.t", "source-data-column": "c" }
    : {};
  return featureBody(seed.label, {
    "default-values": defaultOf(seed, dataType),
    "string-length": String(dataType.kind === "string" ? seed.stringLength : 0),
    "vector-length": String(dataType.isVector ? seed.vectorLength : 0),
    ...source,
  });
}

function defaultOf(seed: Seed, dataType: DataType): string {
  const element = elementOf(seed, dataType);
  if (!dataType.isVector) return element;
  return `[${Array.from({ length: seed.vectorLength }, () => element).join(",")}]`;
}

function elementOf({ number, stringLength }: Seed, dataType: DataType): string {
  switch (dataType.kind) {
    case "string":
      return "y".repeat(Math.min(stringLength, number % 4));
    case "bool":
      return String(number % 2 === 0);
    case "float":
      return String(number / 4);
    default:
      return String(number);
  }
}

const anyType = fc.constantFrom(...DATA_TYPES.map(({ name }) => name));

const store = fc
  .record({
    table: fc.constantFrom(...TABLES),
    keys: fc.integer({ min: 1, max: 2 }),
    redis: fc.boolean(),
  })
  .map(
    ({ table, keys, redis }): Command => ({
      kind: "store",
      body: () =>
        storeBody({
          table,
          "primary-keys": ["k0", "k1"].slice(0, keys),
          ...(redis ? { "conf-id": 4, "db-type": "redis_failover" } : {}),
        }),
    }),
  );

const job = fc
  .record({ id: fc.constantFrom(...JOBS), type: fc.constantFrom("writer", "reader") })
  .map(
    ({ id, type }): Command => ({
      kind: "job",
      body: () => jobBody({ "job-id": id, "job-type": type }),
    }),
  );

const cache = fc
  .record({ enabled: fc.boolean(), ttl: fc.nat(1000), jitter: fc.nat(100) })
  .map(({ enabled, ttl, jitter }) =>
    cacheBody({ enabled, "ttl-in-seconds": ttl, "jitter-percentage": jitter }),
  );

const newEntity = fc.record({ label: entity, keys: fc.integer({ min: 1, max: 2 }), cache }).map(
  ({ label, keys, cache: settings }): Command => ({
    kind: "entity",
    body: () =>
      entityBody({
        "entity-label": label,
        "key-map": Object.fromEntries(
          Array.from({ length: keys }, (_, index) => [String(index), keyBody(index, `k${index}`)]),
        ),
        "distributed-cache": settings,
      }),
  }),
);

const entityEdit = fc.record({ label: entity, cache }).map(
  ({ label, cache: settings }): Command => ({
    kind: "entity-edit",
    body: () => ({ "entity-label": label, "distributed-cache": settings }),
  }),
);

const newGroup = fc
  .record({
    entity,
    group,
    type: anyType,
    store: fc.integer({ min: 1, max: 4 }),
    job: fc.constantFrom(...JOBS),
    seeds: fc.option(seeds, { nil: [], freq: 8 }),
  })
  .map(
    ({ entity: of, group: label, type, store: id, job: jobId, seeds: list }): Command => ({
      kind: "feature-group",
      body: () =>
        groupBody({
          "entity-label": of,
          "fg-label": label,
          "data-type": type,
          "store-id": id,
          "job-id": jobId,
          features: list.map((seed) => featureOf(seed, typeNamed(type))),
        }),
    }),
  );

const groupEdit = fc.record({ entity, group, ttl: fc.nat(1000), flag: fc.boolean() }).map(
  ({ entity: of, group: label, ttl, flag }): Command => ({
    kind: "feature-group-edit",
    body: () =>
      groupEditBody({
        "entity-label": of,
        "fg-label": label,
        "ttl-in-seconds": ttl,
        "in-memory-cache-enabled": flag,
      }),
  }),
);

const changedFeatures = fc
  .record({
    entity,
    group,
    seeds,
    kind: fc.constantFrom("features-add" as const, "features-edit" as const),
  })
  .map(
    ({ entity: of, group: label, seeds: list, kind }): Command => ({
      kind,
      body: (typeOf) => {
        const dataType = typeNamed(typeOf(of, label) ?? "DataTypeFP32");
        const features = list.map((seed) => featureOf(seed, dataType));
        return featuresBody(features, { "entity-label": of, "feature-group-label": label });
      },
    }),
  );

const featuresDelete = fc
  .record({
    entity,
    group,
    labels: fc.uniqueArray(fc.constantFrom(...LABELS), { minLength: 1, maxLength: 2 }),
  })
  .map(
    ({ entity: of, group: label, labels: doomed }): Command => ({
      kind: "features-delete",
      body: () => deleteBody(doomed, { "entity-label": of, "feature-group-label": label }),
    }),
  );

function typeNamed(name: string): DataType {
  const dataType = dataTypeByName(name);
  if (dataType === undefined) throw new Error(`no data type ${name}`);
  return dataType;
}

/** Begins with what most changes need, so that most of them fit. */
export const commands: fc.Arbitrary<readonly Command[]> = fc
  .tuple(
    fc.tuple(store, store, job, newEntity, newEntity, newGroup, newGroup),
    fc.array(
      fc.oneof(
        { weight: 1, arbitrary: fc.oneof(store, job, newEntity, entityEdit) },
        { weight: 2, arbitrary: newGroup },
        { weight: 1, arbitrary: groupEdit },
        { weight: 5, arbitrary: changedFeatures },
        { weight: 2, arbitrary: featuresDelete },
      ),
      { minLength: 5, maxLength: 25 },
    ),
  )
  .map(([first, others]) => [...first, ...others]);
