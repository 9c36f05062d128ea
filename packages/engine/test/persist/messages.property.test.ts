import { DATA_TYPES, type DataType, type ValuesContainer } from "@ofs/codec";
import { persist } from "@ofs/proto";
import { entityTree } from "@ofs/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { MemoryBlockStore } from "../fakes/memory-block-store.ts";
import { createHarness } from "../harness.ts";
import { T0, TREE } from "./message-fixtures.ts";

const { OFS_PROPERTY_RUNS = "100" } = process.env;
/** A run opens two engines. */
const RUNS_MAX = 20_000;
const STRING_LENGTH = 8;

interface Group {
  readonly type: DataType;
  /** One a feature. */
  readonly lengths: readonly number[];
  /** Positions of the features that the message names, in its order. */
  readonly named: readonly number[];
  readonly ttlSeconds: number;
  readonly storeId: "1" | "2";
}

const groupArbitrary: fc.Arbitrary<Group> = fc
  .record({
    type: fc.constantFrom(...DATA_TYPES),
    lengths: fc.array(fc.nat(4), { minLength: 1, maxLength: 5 }),
    ttlSeconds: fc.constantFrom(0, 1, 86_400),
    storeId: fc.constantFrom("1" as const, "2" as const),
  })
  .chain((group) =>
    fc
      .shuffledSubarray(
        group.lengths.map((_, position) => position),
        { minLength: 1 },
      )
      .map((named) => ({ ...group, named })),
  );

function elementOf(type: DataType): fc.Arbitrary<number | bigint | boolean | string> {
  switch (type.kind) {
    case "float":
      return fc.double();
    case "bool":
      return fc.boolean();
    case "string":
      return fc.string({ maxLength: 8, unit: "grapheme-ascii" });
    case "int":
      return type.element.unitSizeBytes === 8
        ? fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
        : fc.integer({ min: -128, max: 127 });
    default:
      return type.element.unitSizeBytes === 8
        ? fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
        : fc.nat(255);
  }
}

/** The containers that serve a type: its own, and those that the lenient clients use (see `chooseContainer`). */
function containersOf({ container, element, kind }: DataType): ValuesContainer[] {
  if (kind === "float") return ["fp32Values", "fp64Values"];
  // Of 64 bits only the own one: an unsigned value may not fit the other.
  const isWide = (kind === "int" || kind === "uint") && element.unitSizeBytes === 8;
  if (kind === "bool" || kind === "string" || isWide) return [container];
  return [container, "int32Values", "int64Values"];
}

function fill(container: ValuesContainer, values: readonly unknown[]): persist.IValues {
  const isBig = container === "int64Values" || container === "uint64Values";
  return {
    [container]: isBig ? values.map((value) => longOf(BigInt(value as bigint))) : [...values],
  };
}

/** 64-bit numbers in the form that the protobuf library takes. */
function longOf(value: bigint): { low: number; high: number; unsigned: boolean } {
  const low = Number(BigInt.asIntN(32, value));
  const high = Number(BigInt.asIntN(32, value >> 32n));
  return { low, high, unsigned: false };
}

function valuesOf({ type, lengths, named }: Group): fc.Arbitrary<persist.IValues> {
  const element = elementOf(type);
  const containers = fc.constantFrom(...containersOf(type));
  if (!type.isVector) {
    const values = fc.array(element, { minLength: named.length, maxLength: named.length });
    return fc.tuple(containers, values).map(([container, all]) => fill(container, all));
  }
  const vectors = fc.tuple(
    ...named.map((position) => {
      const length = lengths[position] as number;
      return fc.array(element, { minLength: length, maxLength: length });
    }),
  );
  return fc.tuple(containers, vectors, fc.boolean()).map(([container, all, isFlat]) => {
    const flat = all.flat();
    // A flat list without elements is no container.
    if (isFlat && flat.length > 0) return fill(container, flat);
    return { vector: all.map((values) => ({ values: fill(container, values) })) };
  });
}

interface Case {
  readonly groups: readonly Group[];
  readonly data: persist.IData[];
}

const cases: fc.Arbitrary<Case> = fc
  .array(groupArbitrary, { minLength: 1, maxLength: 4 })
  .chain((groups) => {
    const row = fc.tuple(fc.nat(5), fc.tuple(...groups.map(valuesOf)));
    return fc.array(row, { maxLength: 8 }).map((rows) => ({
      groups,
      data: rows.map(([key, values]) => ({
        keyValues: [`k${key}`],
        featureValues: values.map((one) => ({ values: one })),
      })),
    }));
  });

/** Every write to a store, row by row and group by group. */
function written(stores: readonly MemoryBlockStore[]): unknown {
  return stores.map(({ writes }) =>
    writes.map(({ entity, groups, rows, store, writeTimeMicros }) => ({
      entity: entity.label,
      store: store.id,
      groups: groups.map(({ label }) => label),
      rows: rows.map((row) => ({
        key: row.key,
        blocks: row.blocks.map((block) => Buffer.from(block).toString("hex")),
        writeTimeMicros: row.writeTimeMicros ?? writeTimeMicros,
      })),
    })),
  );
}

function open({ groups }: Case) {
  const tree = entityTree(
    "user",
    ["id"],
    Object.fromEntries(
      groups.map(({ lengths, storeId, ttlSeconds, type }, id) => {
        const features = lengths.map((vectorLength, position) => [
          `f${position}`,
          {
            vectorLength: type.isVector ? vectorLength : 0,
            stringLength: type.kind === "string" ? STRING_LENGTH : 0,
          },
        ]);
        const versions = [Object.fromEntries(features)];
        const typeName = type.name.slice("DataType".length);
        return [`g${id}`, { id, type: typeName, versions, storeId, ttlSeconds }];
      }),
    ),
  );
  const other = new MemoryBlockStore();
  const harness = createHarness({ ...TREE, ...tree }, { otherStores: new Map([[2, other]]) });
  return { harness, stores: [harness.store, other] };
}

test("prepare and write do what persist does, with the write time given", async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (c) => {
      const request: persist.IQuery = {
        entityLabel: "user",
        keysSchema: ["id"],
        featureGroupSchema: c.groups.map(({ named }, id) => ({
          label: `g${id}`,
          featureLabels: named.map((position) => `f${position}`),
        })),
        data: c.data,
      };
      const persisted = open(c);
      await persisted.harness.persist(request);
      const writeTimeMicros = persisted.stores
        .flatMap(({ writes }) => writes)
        .map((write) => write.writeTimeMicros)[0];

      const ingested = open(c);
      const { engine } = ingested.harness;
      const bytes = persist.Query.encode(request).finish();
      const { faults, rows } = engine.prepare(bytes, writeTimeMicros ?? T0);
      expect(faults).toEqual([]);
      const targets = new Set(rows.map(({ target }) => target));
      for (const target of targets) {
        const batch = rows.filter((row) => row.target === target);
        await engine.write(batch, { deadlineMs: Number.POSITIVE_INFINITY });
      }
      expect(written(ingested.stores)).toEqual(written(persisted.stores));
    }),
    { numRuns: Math.min(Number(OFS_PROPERTY_RUNS), RUNS_MAX) },
  );
});
