import { randomBytes } from "node:crypto";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import {
  EtcdRegistrySource,
  MemoryRegistrySource,
  openRegistry,
  type Registry,
  type RegistryChange,
  type Revision,
} from "@ofs/registry";
import { startEtcd } from "@ofs/testkit";
import { largeTree } from "../test/support/large-tree.ts";
import { createTestLog } from "../test/support/log.ts";

/**
 * What a large registry costs the process that reads it, from a real etcd of its own:
 * `node --expose-gc --conditions=@ofs/source --import tsx packages/registry/bench/large-tree.ts`
 */
const ENTITY_COUNT = 500;
const GROUPS_PER_ENTITY = 20;
const CHANGES_PER_SECOND = 1_000;
const CHURN_SECONDS = 10;
const WAIT_MS = 60_000;

interface Measured {
  readonly what: string;
  readonly wallMs: number;
  readonly cpuMs: number;
  /** Longest time for which the event loop did not turn. */
  readonly pauseMsMax: number;
}

async function measure(what: string, act: () => Promise<unknown>): Promise<Measured> {
  globalThis.gc?.();
  const delays = monitorEventLoopDelay({ resolution: 1 });
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  delays.enable();
  await act();
  delays.disable();
  const { user, system } = process.cpuUsage(cpu);
  return {
    what,
    wallMs: performance.now() - startMs,
    cpuMs: (user + system) / 1_000,
    pauseMsMax: delays.max / 1e6,
  };
}

function changeOf(index: number, value: number): RegistryChange {
  const entity = index % ENTITY_COUNT;
  const group = Math.floor(index / ENTITY_COUNT) % GROUPS_PER_ENTITY;
  const path = `entities/e${entity}/feature-groups/g${group}/ttl-in-seconds`;
  return { path, value: Buffer.from(String(value)) };
}

/** Changes of single keys, a transaction each ten, at the given rate. */
async function churn(
  source: { write(changes: readonly RegistryChange[]): Promise<Revision> },
  registry: Registry,
): Promise<number> {
  const startMs = performance.now();
  let revision = 0;
  let lagMax = 0;
  for (let index = 0; index < CHANGES_PER_SECOND * CHURN_SECONDS; index += 10) {
    const changes = Array.from({ length: 10 }, (_, i) => changeOf(index + i, index));
    revision = await source.write(changes);
    lagMax = Math.max(lagMax, revision - registry.revision);
    await pause(Math.max(0, startMs + index - performance.now()));
  }
  await registry.waitFor(revision, WAIT_MS);
  return lagMax;
}

function heapMb(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}

const etcd = await startEtcd();
const root = `/config/ofs-bench-${randomBytes(4).toString("hex")}`;
const writer = new EtcdRegistrySource({ endpoints: etcd.address.text, root });
const source = new EtcdRegistrySource({ endpoints: etcd.address.text, root });
const tree = Object.entries(largeTree(ENTITY_COUNT, GROUPS_PER_ENTITY));
const changes = tree.map(([path, text]) => ({ path, value: Buffer.from(text) }));
await writer.write(changes, { isChunked: true });
const { log } = createTestLog();
let registry: Registry | undefined;
const heapBeforeMb = heapMb();
const rows = [
  await measure("load", async () => {
    registry = await openRegistry({ source, log, startTimeoutMs: WAIT_MS });
  }),
];
if (registry === undefined) throw new Error("no registry");
const live: Registry = registry;
const heapAfterMb = heapMb();
rows.push(
  await measure("one change", async () => {
    await live.waitFor(await writer.write([changeOf(7, 9)]), WAIT_MS);
  }),
  await measure("one more store", async () => {
    const value = Buffer.from('{"db-type":"embedded"}');
    await live.waitFor(await writer.write([{ path: "storage/stores/2", value }]), WAIT_MS);
  }),
  await measure("the whole tree again, nothing changed", () => live.refresh()),
);
const swapsBefore = live.status().counters.swapCount;
let lagMax = 0;
rows.push(
  await measure(`${CHANGES_PER_SECOND} changes/s for ${CHURN_SECONDS} s`, async () => {
    lagMax = await churn(writer, live);
  }),
);
const swapCount = live.status().counters.swapCount - swapsBefore;
const heapEndMb = heapMb();
const memory = new MemoryRegistrySource(Object.fromEntries(tree));
const beside = await openRegistry({ source: memory, log, startTimeoutMs: WAIT_MS });
rows.push(await measure("of that, without etcd and the writer", () => churn(memory, beside)));
await beside.close();
process.stdout.write(
  `${changes.length} keys, heap ${(heapAfterMb - heapBeforeMb).toFixed(0)} MB, `,
);
process.stdout.write(`after the changes ${(heapEndMb - heapBeforeMb).toFixed(0)} MB; `);
process.stdout.write(`${swapCount} snapshots, at most ${lagMax} revisions behind\n\n`);
process.stdout.write(
  "| what | wall ms | CPU ms | longest pause ms |\n| --- | ---: | ---: | ---: |\n",
);
for (const { what, wallMs, cpuMs, pauseMsMax } of rows) {
  const cells = [wallMs, cpuMs, pauseMsMax].map((ms) => ms.toFixed(0));
  process.stdout.write(`| ${what} | ${cells.join(" | ")} |\n`);
}
await registry.close();
await Promise.all([source.close(), writer.close()]);
await etcd.close();
