import { readFile } from "node:fs/promises";
import type { ServiceError } from "@grpc/grpc-js";
import { entityTree, type PrivateServer, startEtcd } from "@ofs/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeOf } from "../scenarios/scenario-client.ts";
import { COMMON_TREE, LiveServer, Opened, RegistryHome } from "./support/live-server.ts";

const MIB = 2 ** 20;
const SMALL_KEY_COUNT = 100_000;
const LARGE_VALUE_COUNT = 24;

const opened = new Opened();
let etcd: PrivateServer;
let home: RegistryHome;
let server: LiveServer;

const HEALTHY = {
  ...COMMON_TREE,
  ...entityTree("healthy", ["id"], { scores: { id: 0, type: "Int32", versions: [{ a: {} }] } }),
};
const GROUPS = "entities/sick/feature-groups";
const SICK = entityTree("sick", ["id"], {
  fine: { id: 0, type: "Int32", versions: [{ a: {} }] },
  twin: { id: 0, type: "Int32", versions: [{ a: {} }] },
  text_for_number: { id: 2, type: "Int32", versions: [{ a: {} }] },
  holes: { id: 3, type: "Int32", versions: [{ a: {} }] },
  gap: { id: 4, type: "Int32", versions: [{ a: {} }] },
});

/** Wrong on purpose, and what must be said of it. */
const ILLS: readonly (readonly [path: string, value: string | Buffer, reason: RegExp])[] = [
  [`${GROUPS}/text_for_number/ttl-in-seconds`, "soon", /"soon" is not an integer/],
  [`${GROUPS}/gap/active-version`, "7", /version 7 is missing/],
  [
    `${GROUPS}/holes/features/1/feature-meta`,
    '{"a":{"sequence":5}}',
    /version 1 is missing or faulty/,
  ],
  ["security/reader/binary", Buffer.from([0xff, 0xfe, 0, 1]), /JSON/],
  ["storage/stores/99", "[1, 2]", /JSON object/],
  ["entities/jumps/keys/0/sequence", "3", /missing|sequences/],
  ["entities/a__proto__/label", "__proto__", /is not the entity's name/],
  ["entities/日本 語/label", "日本 語", /is missing/],
];

/** Not wrong, only strange: nothing needs to be said of it. */
const STRANGE: readonly string[] = [
  "entities//label",
  "entities/healthy//feature-groups",
  `entities/healthy/${"deep/".repeat(999)}end`,
  "__proto__/polluted",
  "constructor/prototype/polluted",
  " /\u0000/\u007f",
];

async function putStrange(): Promise<void> {
  for (const path of STRANGE) await putAnyKey(path, "1");
  for (const [path, value] of ILLS) await putAnyKey(path, value);
  const large = Buffer.alloc(MIB, "x");
  for (let index = 0; index < LARGE_VALUE_COUNT; index += 1) {
    const path = `entities/healthy/feature-groups/huge${index}/features/1/feature-meta`;
    await putAnyKey(path, large);
  }
  const nested = `${'{"a":'.repeat(1_000)}1${"}".repeat(1_000)}`;
  await putAnyKey("entities/nested", nested);
}

/** As another program writes it: our own refuses some of these paths. */
function putAnyKey(path: string, value: string | Buffer): Promise<void> {
  const key = toBase64(`/config/${home.name}/${path}`);
  return callEtcd("kv/put", { key, value: toBase64(value) });
}

function toBase64(value: string | Buffer): string {
  return Buffer.from(value as string).toString("base64");
}

async function callEtcd(path: string, body: object): Promise<void> {
  const url = `http://${etcd.address.text}/v3/${path}`;
  const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`etcd: ${response.status}: ${await response.text()}`);
}

beforeAll(async () => {
  etcd = opened.add(await startEtcd());
  home = opened.add(new RegistryHome(etcd.address));
  await home.write({ ...HEALTHY, ...SICK });
  await putStrange();
  const small = Array.from({ length: SMALL_KEY_COUNT }, (_, index) => ({
    path: `entities/junk${index % 1_000}/feature-groups/g${Math.floor(index / 1_000)}/data-type`,
    value: Buffer.from("nothing"),
  }));
  await home.source.write(small, { isChunked: true });
  server = opened.add(await LiveServer.start({ home }));
}, 180_000);

afterAll(() => opened.close());

async function residentMib(): Promise<number> {
  const status = await readFile(`/proc/${server.process.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

const asked = { scores: ["a"] };

describe("a tree with everything wrong in it", () => {
  test("the healthy part is read and written, and follows changes", async () => {
    const { client } = server;
    await client.persist(writeOf("healthy", ["id"], asked, [["k"], { int32Values: [5] }]));
    expect(await client.hex("healthy", ["id"], asked, ["k"])).toEqual([["05000000"]]);
    expect(await client.hex("sick", ["id"], { fine: ["a"] }, ["k"])).toEqual([["00000000"]]);
    const path = "entities/healthy/feature-groups/scores/ttl-in-seconds";
    const startMs = performance.now();
    await server.waitForRevision(await home.write({ [path]: "77" }));
    expect(performance.now() - startMs).toBeLessThan(5_000);
  });

  test("the faulty parts say why they are not served", async () => {
    const refusal = async (entity: string, group: string): Promise<string> => {
      const call = server.client.hex(entity, ["id"], { [group]: ["a"] }, ["k"]);
      return call.then(
        () => "served",
        (error: ServiceError) => `${error.code}: ${error.details}`,
      );
    };
    expect(await refusal("sick", "twin")).toMatch(/^9: .*0 is the id of feature group "fine"/);
    expect(await refusal("sick", "text_for_number")).toMatch(/^9: .*"soon" is not an integer/);
    expect(await refusal("sick", "holes")).toMatch(/^9: .*missing or faulty/);
    expect(await refusal("healthy", "huge3")).toMatch(/^9: /);
    expect(await refusal("junk7", "g1")).toMatch(/^9: entity junk7 is disabled: .*label/);
    expect(await refusal("nested", "g")).toMatch(/^9: entity nested is disabled/);
    const { httpStatus, text } = await server.ready();
    expect(httpStatus).toBe(200);
    expect(text.length).toBeLessThan(20_000);
    expect(JSON.parse(text)).toMatchObject({ status: "warning" });
    expect(await server.metric("ofs_registry_faults")).toBeGreaterThan(1_000);
  });

  test("every fault that was put there is named", async () => {
    const { entries, revision } = await home.source.load(new AbortController().signal);
    const { parseSnapshot } = await import("@ofs/registry");
    const { faults } = parseSnapshot(entries, revision);
    const reasons = faults.map(({ path, reason }) => `${path}: ${reason}`);
    for (const [path, , reason] of ILLS) {
      const start = path.split("/").slice(0, 2).join("/");
      const found = reasons.some((each) => each.startsWith(start) && reason.test(each));
      expect(found, path).toBe(true);
    }
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });

  test("memory is bounded", async () => {
    // 24 MiB of large values, 100 000 keys, and the process itself with tsx.
    expect(await residentMib()).toBeLessThan(900);
  });

  test("what is repaired serves, whatever is left of the rest", async () => {
    const before = await server.metric("ofs_registry_faults");
    const repaired = { ...SICK, [`${GROUPS}/twin/id`]: "1" };
    await server.waitForRevision(await home.write(repaired));
    for (const group of ["fine", "twin", "text_for_number", "holes", "gap"]) {
      const rows = await server.client.hex("sick", ["id"], { [group]: ["a"] }, ["k"]);
      expect(rows, group).toEqual([["00000000"]]);
    }
    expect(await server.metric("ofs_registry_faults")).toBeLessThan(before);
    expect(await server.client.hex("healthy", ["id"], asked, ["k"])).toEqual([["05000000"]]);
  });
});
