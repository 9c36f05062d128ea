import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { freePort, startProcess, type TestProcess } from "@ofs/testkit";
import { expect, onTestFinished, test, vi } from "vitest";
import { entityOf, groupOf } from "../../../../packages/rows/test/support/row-objects.ts";
import { BUILT } from "../scenarios/server-under-test.ts";
import { PARTITION, WRITE } from "./contract/row-world.ts";
import { type PreparedRows, prepareCassandraRows } from "./support/cassandra-rows.ts";
import { prepareEmbeddedRows } from "./support/embedded-rows.ts";
import { ask } from "./support/row-server.ts";

/*
 * One partition of 50 MB, read twice at once by a server whose heap has less room than that: one that gathers
 * its answers dies over it.
 */

const ROWS_AT_ONCE = 1_000;
const WRITES_AT_ONCE = 2;
const HEAP_MIB = 64;
/** Of what is not mapped from files: the heap is one part, buffers of connections are another. */
const GROWTH_MIB_MAX = 120;
const SAMPLE_MS = 20;

vi.setConfig({ testTimeout: 300_000 });

const ENTITY = entityOf("event", { id: "INT", at: "INT" }, ["id", "at"]);
const GROUP = groupOf("log", "event", { text: "TEXT" });

interface Size {
  readonly rowCount: number;
  readonly value: string;
}

/** Rows of the same bytes together: Cassandra takes fewer of them a second. */
const MANY: Size = { rowCount: 100_000, value: "x".repeat(500) };
const LARGE: Size = { rowCount: 20_000, value: "x".repeat(2_500) };

async function startServer({ env }: PreparedRows): Promise<{ server: TestProcess; port: number }> {
  const [main, port] = [await freePort(), await freePort()];
  const server = await startProcess({
    ...BUILT,
    nodeOptions: [`--max-old-space-size=${HEAP_MIB}`],
    env: {
      ...env,
      APP_HOST: "127.0.0.1",
      APP_PORT: String(main),
      ROW_PORT: String(port),
      ROW_PARTITION_TIMEOUT_MS: "240000",
    },
    ready: { http: `http://127.0.0.1:${main}/ready` },
    readyTimeoutMs: 120_000,
  });
  return { server, port };
}

async function fill(port: number, { rowCount, value }: Size): Promise<void> {
  let next = 0;
  const writeSome = async (): Promise<void> => {
    while (next < rowCount) {
      const from = next;
      next += ROWS_AT_ONCE;
      const values = Array.from({ length: ROWS_AT_ONCE }, (_, at) => [1, from + at, value]);
      const features = { names: ["id", "at", "text"], values };
      const { json } = await ask(port, "POST", WRITE, { featureGroupName: "log", features });
      expect(json.data.failedRows).toEqual([]);
    }
  };
  await Promise.all(Array.from({ length: WRITES_AT_ONCE }, writeSome));
}

/** @returns what came, without keeping it */
async function readAll(port: number): Promise<{ sizeBytes: number; head: string; tail: string }> {
  const body = JSON.stringify({
    featureGroupName: "log",
    featureColumns: ["at", "text"],
    partitionKey: { names: ["id"], values: [1] },
  });
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path: PARTITION, method: "POST" }, (reply) => {
      let sizeBytes = 0;
      let head = "";
      let tail = "";
      reply.on("data", (chunk: Buffer) => {
        sizeBytes += chunk.length;
        if (head.length < 200) head += chunk.subarray(0, 200).toString();
        tail = (tail + chunk.subarray(-50).toString()).slice(-50);
      });
      reply.on("end", () => resolve({ sizeBytes, head: head.slice(0, 200), tail }));
      reply.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Memory of a process that is no file's, in MiB: data files count as long as the system has room for them. */
async function memoryMib({ pid }: TestProcess): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/RssAnon:\s+(\d+)/.exec(text)?.[1]) / 1024;
}

/** @returns what the work returns, and the largest memory that was seen meanwhile */
async function withPeak<T>(server: TestProcess, work: Promise<T>): Promise<[T, number]> {
  let peak = 0;
  let isDone = false;
  const sampling = (async () => {
    while (!isDone) {
      peak = Math.max(peak, await memoryMib(server));
      await delay(SAMPLE_MS);
    }
  })();
  try {
    return [await work, peak];
  } finally {
    isDone = true;
    await sampling;
  }
}

test.each([
  ["a data folder", MANY, () => prepareEmbeddedRows([ENTITY], [GROUP])],
  ["Cassandra", LARGE, () => prepareCassandraRows([ENTITY], [GROUP])],
])(
  "a partition of %s that is larger than the heap is read whole, twice at once",
  async (_, size, prepare) => {
    const prepared = await prepare();
    onTestFinished(() => prepared.drop());
    const { server: writer, port } = await startServer(prepared);
    await fill(port, size);
    await writer.stop();

    const { server, port: readPort } = await startServer(prepared);
    onTestFinished(async () => void (await server.stop()));
    const before = await memoryMib(server);
    const reading = Promise.all([readAll(readPort), readAll(readPort)]);
    const [answers, peak] = await withPeak(server, reading);
    const head = '{"data":{"featureGroupName":"log","featureGroupVersion":"v1","features":[[0,"xxx';
    const digits = Array.from({ length: size.rowCount }, (__, at) => String(at).length).reduce(
      (a, b) => a + b,
    );
    const rowsBytes = digits + size.rowCount * `[,"${size.value}"],`.length - 1;
    const aroundBytes = head.length - '[0,"xxx'.length + "]}}".length;
    for (const answer of answers) {
      expect(answer.head.startsWith(head)).toBe(true);
      expect(answer.tail.endsWith(`xxx"]]}}`)).toBe(true);
      expect(answer.sizeBytes).toBe(aroundBytes + rowsBytes);
    }
    expect(peak - before).toBeLessThan(GROWTH_MIB_MAX);
  },
);
