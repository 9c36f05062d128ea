import { createAssembler, encodeBlock, encodePayload } from "@ofs/codec";
import { decodePersistQuery, persist } from "@ofs/proto";
import { entityTree, seededRandom } from "@ofs/testkit";
import { createHarness } from "../test/harness.ts";

/*
 * What a message of 20 rows costs in the engine alone, in CPU time a row: to prepare it, and the parts of that; and to write
 * its rows to a store that answers at once.
 * Run with: node --conditions=@ofs/source --import tsx packages/engine/bench/messages.bench.ts
 */

const ROUNDS = 15;
const CALLS_A_ROUND = 1000;
const ROWS = 20;
const FEATURES = Array.from({ length: 20 }, (_, i) => `f${i}`);
const WRITE_TIME_MICROS = Date.UTC(2026, 0, 1) * 1000;

const random = seededRandom(7);
const versions = [Object.fromEntries(FEATURES.map((label) => [label, {}]))];
const five = versions.map((version) => Object.fromEntries(Object.entries(version).slice(0, 4)));
const harness = createHarness(
  entityTree("user", ["user_id"], {
    floats: { id: 0, type: "FP32", ttlSeconds: 86_400, versions },
    doubles: { id: 1, type: "FP64", ttlSeconds: 86_400, versions: five },
    ints: { id: 2, type: "Int32", ttlSeconds: 86_400, versions: five },
    halves: { id: 3, type: "FP16", ttlSeconds: 86_400, versions: five },
    flags: { id: 4, type: "Bool", ttlSeconds: 86_400, versions: five },
  }),
);
harness.store.writes.push = () => 0;
const { engine } = harness;

const fractions = (count: number): number[] => Array.from({ length: count }, () => random.next());
const VALUES: Readonly<Record<string, () => persist.IValues>> = {
  floats: () => ({ fp32Values: fractions(20) }),
  doubles: () => ({ fp64Values: fractions(4) }),
  ints: () => ({ int32Values: fractions(4).map((value) => Math.floor(value * 1000)) }),
  halves: () => ({ fp32Values: fractions(4) }),
  flags: () => ({ boolValues: fractions(4).map((value) => value < 0.5) }),
};

function message(groups: readonly string[]): Uint8Array {
  return persist.Query.encode({
    entityLabel: "user",
    keysSchema: ["user_id"],
    featureGroupSchema: groups.map((label) => ({
      label,
      featureLabels: label === "floats" ? FEATURES : FEATURES.slice(0, 4),
    })),
    data: Array.from({ length: ROWS }, (_, row) => ({
      keyValues: [`user-${1_000_000 + row}`],
      featureValues: groups.map((group) => ({ values: VALUES[group]?.() ?? {} })),
    })),
  }).finish();
}

/** The work of encoding one group, step by step. */
function encodeRows(bytes: Uint8Array, compression: "zstd" | "none", steps: number): number {
  const query = decodePersistQuery(bytes);
  const entity = harness.snapshot?.entities.get("user");
  let size = 0;
  for (const [g, { label, featureLabels }] of query.featureGroups.entries()) {
    const group = entity?.groups.get(label);
    if (group === undefined) throw new Error(`no group ${label}`);
    const { active, dataType } = group;
    const assembler = createAssembler(active, featureLabels);
    for (const { featureValues } of query.data) {
      const values = assembler.assemble(featureValues[g] as NonNullable<(typeof featureValues)[0]>);
      if (steps < 2) continue;
      const payload = encodePayload(active.layout, values);
      if (steps < 3) continue;
      size += encodeBlock({
        schemaVersion: 1,
        layoutVersion: 1,
        expiryAtSeconds: WRITE_TIME_MICROS / 1_000_000 + 86_400,
        nowSeconds: 0,
        dataType,
        payload,
        compression,
        valueCount: active.layout.elementCount,
      }).length;
    }
  }
  return size;
}

async function measure(name: string, work: () => unknown): Promise<void> {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    for (let call = 0; call < CALLS_A_ROUND; call++) await work();
    const { user, system } = process.cpuUsage(before);
    rounds.push((user + system) / (CALLS_A_ROUND * ROWS));
  }
  const sorted = rounds.toSorted((a, b) => a - b);
  const [least = 0, median = 0] = [sorted[0], sorted[Math.floor(ROUNDS / 2)]];
  process.stdout.write(
    `${name.padEnd(58)}${median.toFixed(2)} us a row (${least.toFixed(2)} at least)\n`,
  );
}

for (const groups of [["floats"], ["doubles", "ints", "halves", "flags"]]) {
  const bytes = message(groups);
  const { rows } = engine.prepare(bytes, WRITE_TIME_MICROS);
  const name = `${groups.join(", ")}: `;
  await measure(`${name}prepare`, () => engine.prepare(bytes, WRITE_TIME_MICROS));
  await measure(`${name}decode`, () => decodePersistQuery(bytes));
  await measure(`${name}decode, assemble`, () => encodeRows(bytes, "none", 1));
  await measure(`${name}decode, assemble, payload`, () => encodeRows(bytes, "none", 2));
  await measure(`${name}decode, assemble, payload, plain block`, () =>
    encodeRows(bytes, "none", 3),
  );
  await measure(`${name}decode, assemble, payload, zstd block`, () => encodeRows(bytes, "zstd", 3));
  await measure(`${name}write of 20 rows`, () => engine.write(rows, { deadlineMs: Infinity }));
}
