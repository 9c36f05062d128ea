/*
 * The embedded log: appends with 1 and 64 callers at once, reads, and opening 1 GiB. Records of 2 KB.
 *
 *   node --conditions=@ofs/source --import tsx packages/ingest/bench/embedded-log.bench.ts [folder]
 *
 * The folder decides the disk: syncs cost what they cost there.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmbeddedLog, type NewRecord } from "@ofs/ingest";
import { createLogger } from "@ofs/platform";

const RECORD_BYTES = 2048;
const TOPIC = "bench";
const ROUNDS = 5;
const READ_BYTES = 1024 * 1024;
const GIB = 1024 ** 3;

interface Cost {
  readonly perSecond: number;
  /** Of this process, file threads included. */
  readonly cpuMicros: number;
}

const [parent = tmpdir()] = process.argv.slice(2);
const folder = mkdtempSync(join(parent, "ofs-bench-"));
const logger = createLogger({ service: "bench", level: "WARN" });

/** @returns what one of `count` records cost */
async function measure(count: number, work: () => Promise<void>): Promise<Cost> {
  const cpuBefore = process.cpuUsage();
  const startMs = performance.now();
  await work();
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { perSecond: count / seconds, cpuMicros: (user + system) / count };
}

/** Of several rounds, the median. */
async function report(name: string, count: number, work: () => Promise<void>): Promise<void> {
  const costs: Cost[] = [];
  for (let round = 0; round < ROUNDS; round++) costs.push(await measure(count, work));
  const median = (of: (cost: Cost) => number): number =>
    costs.map(of).sort((left, right) => left - right)[ROUNDS >> 1] as number;
  const perSecond = median((cost) => cost.perSecond).toFixed(0);
  const cpuMicros = median((cost) => cost.cpuMicros).toFixed(2);
  process.stdout.write(
    `${name.padEnd(44)}${perSecond.padStart(10)} records/s${cpuMicros.padStart(10)} us CPU a record\n`,
  );
}

function recordOf(partition: number): NewRecord {
  const value = Buffer.alloc(RECORD_BYTES, "feature");
  return { topic: TOPIC, partition, key: undefined, value, headers: [] };
}

/** Callers that each add records one call after the other. */
function append(
  log: EmbeddedLog,
  callers: number,
  calls: number,
  perCall: number,
): () => Promise<void> {
  const caller = async (place: number): Promise<void> => {
    const records = Array.from({ length: perCall }, () => recordOf(place % 4));
    for (let call = 0; call < calls / callers; call++) await log.append(records);
  };
  return async () => {
    await Promise.all(Array.from({ length: callers }, (_, place) => caller(place)));
  };
}

/** Reads what a new group has not read, over a source. */
async function readAll(log: EmbeddedLog, groupId: string, count: number): Promise<void> {
  const source = log.source({ groupId, topics: [TOPIC], fetchBytes: READ_BYTES });
  let received = 0;
  await new Promise<void>((resolve, reject) => {
    source
      .start({
        assigned: () => undefined,
        revoked: () => Promise.resolve(),
        lost: () => undefined,
        records: (_from, records) => {
          received += records.length;
          if (received >= count) resolve();
        },
      })
      .catch(reject);
  });
  await source.close();
}

function countOf(log: EmbeddedLog): number {
  const { partitions = [] } = log.topic(TOPIC) ?? {};
  return partitions.reduce((sum, { endOffset }) => sum + endOffset, 0);
}

async function openTimes(): Promise<void> {
  for (const way of ["after a close", "after a kill"]) {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      if (way === "after a kill") rmSync(join(folder, "closed.json"));
      const startMs = performance.now();
      const log = await EmbeddedLog.open(folder, { log: logger });
      times.push(performance.now() - startMs);
      await log.close();
    }
    const [, , median] = times.sort((left, right) => left - right);
    process.stdout.write(`opened ${way} in ${median?.toFixed(0)} ms\n`);
  }
}

const log = await EmbeddedLog.open(folder, { log: logger });
await log.createTopic(TOPIC, { partitionCount: 4, retentionBytes: 4 * GIB });
await append(log, 64, 2000, 1)();
await report("append, 1 caller, 1 record a call", 300, append(log, 1, 300, 1));
await report("append, 1 caller, 100 records a call", 10_000, append(log, 1, 100, 100));
await report("append, 64 callers, 1 record a call", 10_000, append(log, 64, 10_000, 1));
await report("append, 64 callers, 100 records a call", 50_000, append(log, 64, 500, 100));

const count = countOf(log);
let group = 0;
await report("read, fetches of 1 MiB", count, () => readAll(log, `group-${group++}`, count));

while (countOf(log) * RECORD_BYTES < GIB) await append(log, 64, 640, 100)();
const sizeBytes = (log.topic(TOPIC)?.partitions ?? []).reduce(
  (sum, each) => sum + each.sizeBytes,
  0,
);
process.stdout.write(`${(sizeBytes / GIB).toFixed(2)} GiB in 4 partitions\n`);
await log.close();
await openTimes();
rmSync(folder, { recursive: true, force: true });
