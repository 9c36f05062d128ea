import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { ofs } from "@ofs/proto";
import { startEtcd } from "@ofs/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { largeTree } from "../../../../packages/registry/test/support/large-tree.ts";
import { writeOf } from "../scenarios/scenario-client.ts";
import { COMMON_TREE, LiveServer, Opened, RegistryHome } from "./support/live-server.ts";

const ENTITY_COUNT = 500;
const GROUPS_PER_ENTITY = 20;
const CHANGES_PER_SECOND = 1_000;
const CHURN_SECONDS = 10;
/** Changes of one transaction: what is written at once is one revision. */
const CHANGES_PER_WRITE = 20;

/** How far the server may be behind, while it serves and others use the machine. */
const LAG_MS_MAX = 10_000;

const opened = new Opened();
let home: RegistryHome;
let server: LiveServer;
let startMs = 0;

beforeAll(async () => {
  const etcd = opened.add(await startEtcd());
  home = opened.add(new RegistryHome(etcd.address));
  await home.write({ ...largeTree(ENTITY_COUNT, GROUPS_PER_ENTITY), ...COMMON_TREE });
  const begin = performance.now();
  server = opened.add(await LiveServer.start({ home }));
  startMs = performance.now() - begin;
}, 180_000);

afterAll(() => opened.close());

/** CPU seconds and resident MiB of the server. */
async function usage(): Promise<{ cpuSeconds: number; residentMib: number }> {
  const stat = await readFile(`/proc/${server.process.pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const status = await readFile(`/proc/${server.process.pid}/status`, "utf8");
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100,
    residentMib: Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024,
  };
}

async function describeAll(): Promise<ofs.v1.DescribeResult> {
  const method = "/ofs.v1.SchemaService/DescribeEntities";
  return ofs.v1.DescribeResult.decode(await server.client.call(method, new Uint8Array(0)));
}

/** Reads one entity after the other until it is over; every answer must be right. */
async function readUntil(isOver: () => boolean): Promise<{ count: number; msMax: number }> {
  let [count, msMax] = [0, 0];
  while (!isOver()) {
    const begin = performance.now();
    const entity = `e${count % ENTITY_COUNT}`;
    const rows = await server.client.hex(entity, ["id"], { g5: ["a5", "d5"] }, ["k"]);
    expect(rows).toEqual([["0000803f", "00000040"]]);
    msMax = Math.max(msMax, performance.now() - begin);
    count += 1;
    await pause(5);
  }
  return { count, msMax };
}

/** Writes changes at the given rate. @returns TTLs by path, and how far the server was behind */
async function churn(): Promise<{ ttls: Map<string, string>; lagMsMax: number }> {
  const ttls = new Map<string, string>();
  const begin = performance.now();
  const writtenAtMs: { revision: number; atMs: number }[] = [];
  let lagMsMax = 0;
  let isOver = false;
  const watching = (async () => {
    while (!isOver || writtenAtMs.length > 0) {
      const served = await server.revision();
      const nowMs = performance.now();
      while (writtenAtMs[0] !== undefined && writtenAtMs[0].revision <= served) writtenAtMs.shift();
      lagMsMax = Math.max(lagMsMax, nowMs - (writtenAtMs[0]?.atMs ?? nowMs));
      if (nowMs > begin + CHURN_SECONDS * 1_000 + 30_000)
        throw new Error("the server never caught up");
      await pause(100);
    }
  })();
  for (let index = 0; index < CHANGES_PER_SECOND * CHURN_SECONDS; index += CHANGES_PER_WRITE) {
    const changes = Array.from({ length: CHANGES_PER_WRITE }, (_, i) => {
      const at = (index + i) * 7;
      const group = Math.floor(at / ENTITY_COUNT) % GROUPS_PER_ENTITY;
      const path = `entities/e${at % ENTITY_COUNT}/feature-groups/g${group}/ttl-in-seconds`;
      ttls.set(path, String(100_000 + index));
      return [path, String(100_000 + index)] as const;
    });
    const revision = await home.write(Object.fromEntries(changes));
    writtenAtMs.push({ revision, atMs: performance.now() });
    await pause(Math.max(0, begin + (index / CHANGES_PER_SECOND) * 1_000 - performance.now()));
  }
  isOver = true;
  await watching;
  return { ttls, lagMsMax };
}

describe("10 000 feature groups", () => {
  test("are served, all of them", async () => {
    const { residentMib } = await usage();
    process.stdout.write(
      `10 000 groups: ready after ${startMs.toFixed(0)} ms, ${residentMib.toFixed(0)} MiB resident\n`,
    );
    const { entities } = await describeAll();
    expect(entities).toHaveLength(ENTITY_COUNT);
    for (const entity of entities) expect(entity.groups).toHaveLength(GROUPS_PER_ENTITY);
    const values = { fp32Values: [1, 0, 0, 2] };
    for (let entity = 0; entity < ENTITY_COUNT; entity += 1) {
      const group = { g5: ["a5", "b5", "c5", "d5"] };
      await server.client.persist(writeOf(`e${entity}`, ["id"], group, [["k"], values]));
    }
    expect(residentMib).toBeLessThan(800);
  });

  test("change a thousand times a second while they are read", { timeout: 120_000 }, async () => {
    const before = await usage();
    const swapsBefore = await server.metric("ofs_registry_events_total", 'event="swap"');
    let isOver = false;
    const reading = readUntil(() => isOver);
    const begin = performance.now();
    const { ttls, lagMsMax } = await churn();
    const seconds = (performance.now() - begin) / 1_000;
    isOver = true;
    const { count, msMax } = await reading;
    const after = await usage();
    const swaps = (await server.metric("ofs_registry_events_total", 'event="swap"')) - swapsBefore;
    const share = ((after.cpuSeconds - before.cpuSeconds) / seconds) * 100;
    process.stdout.write(
      `${seconds.toFixed(1)} s: ${swaps} snapshots, at most ${lagMsMax.toFixed(0)} ms behind, ${share.toFixed(0)} % of a core, ` +
        `${count} reads of at most ${msMax.toFixed(0)} ms, ${before.residentMib.toFixed(0)} -> ${after.residentMib.toFixed(0)} MiB\n`,
    );
    // Folded: far fewer snapshots than changes, and never far behind.
    expect(swaps).toBeLessThan(seconds * 20);
    expect(lagMsMax).toBeLessThan(LAG_MS_MAX);
    expect(count).toBeGreaterThan(100);
    expect(after.residentMib - before.residentMib).toBeLessThan(300);
    const served = new Map<string, string>();
    for (const { label, groups } of (await describeAll()).entities) {
      for (const group of groups ?? []) {
        const path = `entities/${label}/feature-groups/${group.label}/ttl-in-seconds`;
        served.set(path, String(group.ttlSeconds ?? 0));
      }
    }
    const wrong = [...ttls].filter(([path, ttl]) => served.get(path) !== ttl);
    expect(wrong).toEqual([]);
  });

  test("are read again at once, without a pause for calls", async () => {
    let isOver = false;
    const reading = readUntil(() => isOver);
    const revision = await home.write({ "": '{"p2p-enabled-percentage": 0}' });
    await server.waitForRevision(revision);
    isOver = true;
    const { msMax } = await reading;
    process.stdout.write(`the whole tree again: reads of at most ${msMax.toFixed(0)} ms\n`);
    expect(await server.metric("ofs_registry_events_total", 'event="list"')).toBeGreaterThan(1);
    expect(await server.metric("ofs_registry_faults")).toBe(0);
  });
});
