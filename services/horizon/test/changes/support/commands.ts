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
  rotationBody,
  storeBody,
} from "./bodies.ts";

/** A group that the changes so far have made. */
export interface KnownGroup {
  readonly entity: string;
  readonly group: string;
  readonly typeName: string;
  /** Of the active version. */
  readonly labels: readonly string[];
}

/** A change to try, before it is known whether it fits. */
export interface Command {
  readonly kind: ChangeKind;
  readonly body: (known: readonly KnownGroup[]) => unknown;
}

const ENTITIES = ["user", "user", "catalog", "catalog", "User", "shop"] as const;
const GROUPS = ["core", "core", "tags", "g.1", "Core", "fresh"] as const;
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
/** Mostly one: a change is refused as a whole. */
const labels = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...LABELS).map((label) => [label]) },
  {
    weight: 1,
    arbitrary: fc.uniqueArray(fc.constantFrom(...LABELS), { minLength: 1, maxLength: 4 }),
  },
);

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

const noSeeds: fc.Arbitrary<readonly Seed[]> = fc.constant([]);

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

const rotation = fc
  .record({ id: fc.constantFrom(...JOBS), token: fc.uuid(), overlap: fc.constantFrom(0, 60) })
  .map(
    ({ id, token, overlap }): Command => ({
      kind: "job-rotate",
      body: () => rotationBody({ "job-id": id, token, "overlap-seconds": overlap }),
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
    seeds: fc.oneof({ weight: 7, arbitrary: seeds }, { weight: 1, arbitrary: noSeeds }),
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

/** Mostly a group that is there. */
const place = fc.record({
  index: fc.nat(7),
  isKnown: fc.boolean(),
  isReallyKnown: fc.boolean(),
  entity,
  group,
});

function groupAt(
  { entity: of, group: label, index, isKnown, isReallyKnown }: ValueOf<typeof place>,
  known: readonly KnownGroup[],
): KnownGroup {
  const chosen = known[index % Math.max(known.length, 1)];
  if (chosen !== undefined && (isKnown || isReallyKnown)) return chosen;
  return { entity: of, group: label, typeName: "DataTypeFP32", labels: [] };
}

type ValueOf<T> = T extends fc.Arbitrary<infer V> ? V : never;

const groupEdit = fc.record({ place, ttl: fc.nat(1000), flag: fc.boolean() }).map(
  ({ place: at, ttl, flag }): Command => ({
    kind: "feature-group-edit",
    body: (known) => {
      const { entity: of, group: label } = groupAt(at, known);
      return groupEditBody({
        "entity-label": of,
        "fg-label": label,
        "ttl-in-seconds": ttl,
        "in-memory-cache-enabled": flag,
      });
    },
  }),
);

const featuresAdd = fc.record({ place, seeds }).map(
  ({ place: at, seeds: list }): Command => ({
    kind: "features-add",
    body: (known) => {
      const { entity: of, group: label, typeName } = groupAt(at, known);
      const features = list.map((seed) => featureOf(seed, typeNamed(typeName)));
      return featuresBody(features, { "entity-label": of, "feature-group-label": label });
    },
  }),
);

const featuresEdit = fc.record({ place, seeds, isInPlace: fc.boolean(), start: fc.nat(5) }).map(
  ({ place: at, seeds: list, isInPlace, start }): Command => ({
    kind: "features-edit",
    body: (known) => {
      const { entity: of, group: label, labels: active, typeName } = groupAt(at, known);
      const features = list.slice(0, Math.max(active.length, 1)).map((seed, index) => {
        const own = active[(start + index) % Math.max(active.length, 1)] ?? seed.label;
        const feature = featureOf({ ...seed, label: own }, typeNamed(typeName));
        if (!isInPlace) return feature;
        const {
          "default-values": text,
          "string-length": s,
          "vector-length": v,
          ...source
        } = feature;
        return s === "0" && v === "0" ? { ...source, "default-values": text } : source;
      });
      return featuresBody(features, { "entity-label": of, "feature-group-label": label });
    },
  }),
);

const featuresDelete = fc.record({ place, labels, start: fc.nat(5), count: fc.nat(4) }).map(
  ({ place: at, labels: others, start, count }): Command => ({
    kind: "features-delete",
    body: (known) => {
      const { entity: of, group: label, labels: active } = groupAt(at, known);
      const rotated = [...active.slice(start % 3), ...active.slice(0, start % 3)];
      const doomed = count === 0 ? others : rotated.slice(0, count);
      return deleteBody(doomed.length === 0 ? others : doomed, {
        "entity-label": of,
        "feature-group-label": label,
      });
    },
  }),
);

function typeNamed(name: string): DataType {
  const dataType = dataTypeByName(name);
  if (dataType === undefined) throw new Error(`no data type ${name}`);
  return dataType;
}

function fixed(kind: ChangeKind, body: unknown): Command {
  return { kind, body: () => body };
}

/** What most changes need. */
const PREPARATION: readonly Command[] = [
  fixed("store", storeBody({ table: "t1", "primary-keys": ["k0"] })),
  fixed("store", storeBody({ table: "t2", "primary-keys": ["k0"] })),
  fixed(
    "store",
    storeBody({ table: "", "primary-keys": [], "conf-id": 4, "db-type": "redis_failover" }),
  ),
  fixed("job", jobBody({ "job-id": "user_job" })),
  ...["user", "catalog"].map((label) =>
    fixed("entity", entityBody({ "entity-label": label, "key-map": { "0": keyBody(0, "k0") } })),
  ),
];

/** A group that its entity's store takes, with features that often fit. */
function firstGroup(of: string, label: string, storeId: number): fc.Arbitrary<Command> {
  return fc.record({ type: anyType, seeds }).map(({ type, seeds: list }) => ({
    kind: "feature-group",
    body: () =>
      groupBody({
        "entity-label": of,
        "fg-label": label,
        "store-id": storeId,
        "data-type": type,
        features: withoutTwins(list).map((seed) => featureOf(seed, typeNamed(type))),
      }),
  }));
}

/** Labels that readers take for the same are refused all together. */
function withoutTwins(list: readonly Seed[]): readonly Seed[] {
  const folded = new Map(list.map((seed) => [seed.label.toLowerCase().replace("-", ""), seed]));
  return [...folded.values()].map((seed) => ({
    ...seed,
    stringLength: Math.min(seed.stringLength, 2000),
    vectorLength: Math.min(seed.vectorLength, 10),
  }));
}

/** Any changes, most of which fit: features of groups that there are. */
export const commands: fc.Arbitrary<readonly Command[]> = fc
  .tuple(
    fc.tuple(
      firstGroup("user", "core", 1),
      firstGroup("user", "tags", 1),
      firstGroup("catalog", "core", 2),
      firstGroup("catalog", "g.1", 3),
    ),
    fc.array(
      fc.oneof(
        { weight: 1, arbitrary: fc.oneof(store, job, newEntity) },
        { weight: 1, arbitrary: rotation },
        { weight: 1, arbitrary: entityEdit },
        { weight: 2, arbitrary: newGroup },
        { weight: 2, arbitrary: groupEdit },
        { weight: 6, arbitrary: featuresAdd },
        { weight: 4, arbitrary: featuresEdit },
        { weight: 2, arbitrary: featuresDelete },
      ),
      { minLength: 10, maxLength: 40 },
    ),
  )
  .map(([groups, others]) => [...PREPARATION, ...groups, ...others]);
