import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EXIT, runCommand } from "@ofs/differential";
import type { persist } from "@ofs/proto";
import { entityTree, type RegistryEntries } from "@ofs/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  type ServerUnderTest,
  startServerUnderTest,
} from "../../../services/api-server/test/scenarios/server-under-test.ts";
import { everyTypeTree } from "./support/entities.ts";

const NO_CACHE = { process: false, distributed: false };
const BOTH = { process: true, distributed: true };
const CALLER = { "security/reader/scenario": '{"token":"scenario-token"}' };

/** The command's exit code, and what it wrote. */
async function differential(
  left: ServerUnderTest,
  right: ServerUnderTest,
  ...more: readonly string[]
): Promise<{ code: number; text: string }> {
  let text = "";
  const output = { write: (part: string) => (text += part) };
  const credentials = ["--caller", "scenario", "--token", "scenario-token"];
  const sides = ["--left", left.address, "--right", right.address];
  const code = await runCommand([...sides, ...credentials, ...more], output, output);
  return { code, text };
}

/** Every data type, cached as the server is told. */
function treeOfTypes(store: Readonly<{ table?: unknown }>, caches: typeof BOTH) {
  const tree: Record<string, string> = { ...CALLER };
  for (const [path, text] of Object.entries(everyTypeTree(JSON.stringify(store)))) {
    const isFlag = /-cache-enabled$/.test(path);
    const isOn = path.includes("in-memory") ? caches.process : caches.distributed;
    if (!path.includes("/columns/")) tree[path] = isFlag ? String(isOn) : text;
  }
  for (const path of Object.keys(tree).filter((each) => each.endsWith("/id"))) {
    const group = path.slice(0, -"/id".length);
    for (let piece = 0; piece < 4; piece += 1) {
      const column = `seg_${tree[path]}${piece}`;
      tree[`${group}/columns/${column}/label`] = column;
    }
  }
  const pair = { ...store, table: `${store.table}_pair` };
  tree["storage/stores/2"] = JSON.stringify(pair);
  tree["entities/pair/feature-groups/counts/store-id"] = "2";
  return tree;
}

describe("the embedded store, and Cassandra behind both caches", () => {
  let embedded: ServerUnderTest;
  let cassandra: ServerUnderTest;

  beforeAll(async () => {
    [embedded, cassandra] = await Promise.all([
      startServerUnderTest("embedded", NO_CACHE, { treeFor: treeOfTypes }),
      startServerUnderTest("scylla", BOTH, { treeFor: treeOfTypes }),
    ]);
  });

  afterAll(async () => {
    await Promise.all([embedded?.close(), cassandra?.close()]);
  });

  it("answer random requests alike, values and failures", async () => {
    const { code, text } = await differential(
      embedded,
      cassandra,
      ...["--requests", "800", "--seed", "11", "--write"],
    );
    expect(text).toMatch(/equal +8\d\d\nexplained +0\nunexplained +0\n$/);
    expect(code).toBe(EXIT.OK);
  });

  it("may be read again later with the same seed, without writing", async () => {
    const { code } = await differential(embedded, cassandra, "--requests", "200", "--seed", "11");
    expect(code).toBe(EXIT.OK);
  });
});

describe("a server that was changed on purpose", () => {
  const folders: string[] = [];
  let left: ServerUnderTest;

  const smallTree = (defaultValue: number) => (store: Readonly<Record<string, unknown>>) => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(defaultValue);
    const versions = [{ n: { default: bytes }, m: {} }];
    const tree: RegistryEntries = {
      ...CALLER,
      "storage/stores/1": JSON.stringify(store),
      ...entityTree("user", ["id"], { counts: { id: 0, type: "Int32", versions } }),
    };
    return tree;
  };

  beforeAll(async () => {
    left = await startServerUnderTest("embedded", NO_CACHE, { treeFor: smallTree(0) });
  });

  afterAll(() => left?.close());

  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
  });

  it("in a default is found out, with an example of one cell", async () => {
    const right = await startServerUnderTest("embedded", NO_CACHE, { treeFor: smallTree(7) });
    try {
      const { code, text } = await differential(left, right, "--requests", "100", "--write");
      expect(code).toBe(EXIT.UNEXPLAINED);
      expect(text).toContain("RetrieveFeatures: column DataTypeInt32: ");
      expect(text).toContain("rows[0].columns[0]: 00000000 | 07000000");
    } finally {
      await right.close();
    }
  });

  it("in one stored value is found out", async () => {
    const right = await startServerUnderTest("embedded", NO_CACHE, { treeFor: smallTree(0) });
    const common = ["--requests", "300", "--seed", "5"];
    try {
      expect(await differential(left, right, ...common, "--write")).toMatchObject({
        code: EXIT.OK,
      });
      const stored: persist.IQuery = {
        entityLabel: "user",
        keysSchema: ["id"],
        featureGroupSchema: [{ label: "counts", featureLabels: ["n", "m"] }],
        data: [{ keyValues: ["diff-5-k3"], featureValues: [{ values: { int32Values: [1, 2] } }] }],
      };
      await right.client.persist(stored);
      const { code, text } = await differential(left, right, ...common);
      expect(code).toBe(EXIT.UNEXPLAINED);
      expect(text).toContain('"keys":[{"cols":["diff-5-k3"]}]');
      const excused = await differential(left, right, ...common, "--reference", "right");
      expect(excused.code).toBe(EXIT.UNEXPLAINED);
    } finally {
      await right.close();
    }
  });

  it("cannot be reached: that is no success", async () => {
    const away = { ...left, address: "127.0.0.1:1" };
    const tree = join(await mkdtemp(join(tmpdir(), "ofs-differential-")), "tree.yaml");
    folders.push(join(tree, ".."));
    await writeFile(tree, TREE_FILE);
    const run = await differential(left, away, "--requests", "3", "--tree", tree);
    expect(run.code).toBe(EXIT.UNEXPLAINED);
    expect((await differential(away, left, "--requests", "3")).code).toBe(EXIT.FAILED);
    expect((await differential(left, away, "--seed", "x")).text).toContain("--seed x");
  });
});

const TREE_FILE = `
storage: { stores: { 1: { db-type: embedded } } }
entities:
  user:
    label: user
    keys: { 0: { sequence: 0, entity-label: id, column-label: id } }
    feature-groups:
      counts:
        id: 0
        store-id: 1
        data-type: DataTypeInt32
        layout-version: 1
        active-version: 1
        features: { 1: { n: {}, m: {} } }
`;
