import { randomUUID } from "node:crypto";
import type { persist } from "@ofs/proto";
import { entityTree, serverAddress } from "@ofs/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeOf } from "../scenarios/scenario-client.ts";
import { COMMON_TREE, LiveServer, Opened, RegistryHome } from "./support/live-server.ts";

const VERSION_COUNT = 12;

/** One feature of one version. */
interface Feature {
  readonly label: string;
  /** Of the default: each version has its own. */
  readonly version: number;
}

/**
 * Features of a version: some of f0..f15, others in each version, in another order. Every default and
 * length depends on the version.
 */
function featuresOf(version: number): Feature[] {
  const labels = Array.from({ length: 16 }, (_, i) => i).filter((i) => (i + version) % 4 !== 0);
  const turned = [...labels.slice(version), ...labels.slice(0, version)];
  if (version % 2 === 0) turned.reverse();
  return turned.map((i) => ({ label: `f${i}`, version }));
}

function numberOf(label: string): number {
  return Number(label.slice(1));
}

/** What a data type's group holds, and in which bytes. */
interface Kind {
  readonly group: string;
  readonly type: string;
  readonly meta: (version: number) => { vectorLength?: number; stringLength?: number };
  /** The value of a feature in a row that was written with a version; `negative` for defaults. */
  readonly bytes: (label: string, version: number, isDefault: boolean) => Buffer;
  readonly values: (labels: readonly string[], version: number) => persist.IValues;
}

function text(label: string, version: number, isDefault: boolean): string {
  const full = `${isDefault ? "d" : "v"}${version}${label}`.padEnd(8 + version, "é");
  return Buffer.from(full).subarray(0, 8).toString();
}

function int(label: string, version: number, isDefault: boolean): number {
  return (version * 100 + numberOf(label)) * (isDefault ? -1 : 1);
}

/** Vectors of a version have its length. */
function vector(label: string, version: number, isDefault: boolean): number[] {
  return Array.from({ length: version }, (_, i) => int(label, version, isDefault) + i / 4);
}

const KINDS: readonly Kind[] = [
  {
    group: "texts",
    type: "String",
    // From the largest to the smallest: rows that were written before are longer than the last version allows.
    meta: (version) => ({ stringLength: 30 - version }),
    bytes: (label, version, isDefault) => Buffer.from(text(label, version, isDefault)),
    values: (labels, version) => ({
      stringValues: labels.map((each) => text(each, version, false)),
    }),
  },
  {
    group: "numbers",
    type: "Int32",
    meta: () => ({}),
    bytes: (label, version, isDefault) => {
      const bytes = Buffer.alloc(4);
      bytes.writeInt32LE(int(label, version, isDefault));
      return bytes;
    },
    values: (labels, version) => ({ int32Values: labels.map((each) => int(each, version, false)) }),
  },
  {
    group: "vectors",
    type: "FP32Vector",
    meta: (version) => ({ vectorLength: version }),
    bytes: (label, version, isDefault) =>
      Buffer.from(Float32Array.from(vector(label, version, isDefault)).buffer),
    values: (labels, version) => ({
      vector: labels.map((each) => ({ values: { fp32Values: vector(each, version, false) } })),
    }),
  },
  {
    group: "bools",
    type: "Bool",
    meta: () => ({}),
    bytes: (label, version, isDefault) =>
      Buffer.from([(numberOf(label) + version + (isDefault ? 1 : 0)) % 2]),
    values: (labels, version) => ({
      boolValues: labels.map((each) => (numberOf(each) + version) % 2 === 1),
    }),
  },
];

/** Registry entries of all groups with versions 1 to `last`; the last is active. */
function treeUpTo(last: number, caches: { process: boolean; distributed: boolean }) {
  const groups = KINDS.map(({ group, type, meta, bytes }, id) => {
    const versions = Array.from({ length: last }, (_, i) =>
      Object.fromEntries(
        featuresOf(i + 1).map(({ label, version }) => [
          label,
          { ...meta(version), default: bytes(label, version, true) },
        ]),
      ),
    );
    return [group, { id, type, versions, storeId: "2", ...caches }] as const;
  });
  return entityTree("item", ["id"], Object.fromEntries(groups));
}

const CACHE_USES = [
  { title: "without caches", process: false, distributed: false },
  { title: "behind both caches", process: true, distributed: true },
];

describe.each(CACHE_USES)("blocks of many schema versions in one request, $title", (caches) => {
  const opened = new Opened();
  let home: RegistryHome;
  let server: LiveServer;

  beforeAll(async () => {
    home = opened.add(new RegistryHome());
    await home.write({ ...COMMON_TREE, ...treeUpTo(1, caches) });
    const redis = serverAddress("redis");
    server = opened.add(await LiveServer.start({ home, redis, cache: redis }));
  });

  afterAll(() => opened.close());

  test("each by its own version's layout, missing labels by the active version's defaults", async () => {
    const keys: string[] = [];
    for (let version = 1; version <= VERSION_COUNT; version += 1) {
      await server.waitForRevision(await home.write(treeUpTo(version, caches)));
      const key = randomUUID();
      const labels = featuresOf(version).map(({ label }) => label);
      const asked = Object.fromEntries(KINDS.map(({ group }) => [group, labels]));
      const values = KINDS.map((kind) => kind.values(labels, version));
      await server.client.persist(writeOf("item", ["id"], asked, [[key], ...values]));
      keys.push(key);
    }
    const absent = randomUUID();
    const labels = featuresOf(VERSION_COUNT).map(({ label }) => label);
    const asked = Object.fromEntries(KINDS.map(({ group }) => [group, labels]));
    const expected = [...keys, absent].map((_, index) =>
      KINDS.flatMap((kind) =>
        labels.map((label) => {
          const version = index + 1;
          const isWritten =
            version <= VERSION_COUNT && featuresOf(version).some((each) => each.label === label);
          const bytes = isWritten
            ? kind.bytes(label, version, false)
            : kind.bytes(label, VERSION_COUNT, true);
          return bytes.toString("hex");
        }),
      ),
    );
    const read = () =>
      server.client.hex("item", ["id"], asked, ...keys.map((key) => [key]), [absent]);
    // Cold, and from the caches.
    for (let pass = 0; pass < 3; pass += 1) expect(await read()).toEqual(expected);
    // Labels one by one, so that none may lean on its neighbours.
    for (const label of labels) {
      const one = await server.client.hex("item", ["id"], { numbers: [label] }, [
        keys[0] as string,
      ]);
      const column = labels.length + labels.indexOf(label);
      expect(one[0]).toEqual([expected[0]?.[column]]);
    }
  });
});
