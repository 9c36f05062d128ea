import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver, waitUntil } from "@ofs/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { entityOf, groupOf } from "../../../../packages/rows/test/support/row-objects.ts";
import { TestTable } from "../support/test-table.ts";
import { EndToEndFleet } from "./fleet.ts";

/** From a table's file to the stores of both dialects, by real processes, Kafka and Cassandra: each batch is one trace. */
const SET_UP_TIMEOUT_MS = 900_000;
const TEST_TIMEOUT_MS = 300_000;
const WAIT_MS = 60_000;
/** Of the block dialect, which has up to 200 of them in a record; and of the row dialect, which has one. */
const BLOCK_ROWS = 450;
const BLOCK_RECORDS = 3;
const ROW_ROWS = 50;
/** Records of a batch that are traced. */
const TRACED_RECORDS = 32;
const SECRET = "secret-key";
const PRODUCER = 4;
const CONSUMER = 5;

const unique = randomBytes(6).toString("hex");
const ENTITY = `traced_${unique}`;
const GROUP = `traced_rows_${unique}`;
const COLUMNS = { id: "string", value: "long" };

let folder: string;
let collector: OtlpReceiver;
let fleet: EndToEndFleet;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ofs-traced-"));
  collector = await startOtlpReceiver();
  const groups = { state: { id: 0, type: "Int64", versions: [{ value: {} }] } };
  const row = {
    entity: entityOf(ENTITY, { id: "TEXT" }, ["id"]),
    group: groupOf(GROUP, ENTITY, { value: "BIGINT" }),
  };
  const own = { OTEL_TRACES_SAMPLER: "always_on", POPULATOR_REJECTS_FOLDER: join(folder, "no") };
  fleet = await EndToEndFleet.start({ block: { entity: ENTITY, keys: ["id"], groups }, row }, own, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_BSP_SCHEDULE_DELAY: "50",
    // Nobody but the populator begins a trace: what the others tell is what they went on with.
    OTEL_TRACES_SAMPLER: "parentbased_always_off",
  });
}, SET_UP_TIMEOUT_MS);

afterAll(async () => {
  await fleet?.close();
  await collector?.close();
  await rm(folder, { recursive: true, force: true });
}, SET_UP_TIMEOUT_MS);

async function tableOf(name: string, rowCount: number): Promise<TestTable> {
  const table = new TestTable(join(folder, name), COLUMNS);
  await table.commit(`select '${SECRET}-' || i as id, i as value from range(${rowCount}) t(i)`);
  return table;
}

/** Spans of a shard's trace, once all its messages have been told of: they end last. */
async function traceOf(tableName: string, messageCount: number): Promise<readonly ReceivedSpan[]> {
  return waitUntil(
    () => {
      const root = collector.spans.find(({ name }) => name === `populate ${tableName}`);
      const spans = collector.spans.filter(({ traceId }) => traceId === root?.traceId);
      const messages = spans.filter(({ kind }) => kind === CONSUMER);
      return root !== undefined && messages.length >= messageCount && spans;
    },
    { what: `a trace of ${tableName} with ${messageCount} messages`, timeoutMs: WAIT_MS },
  );
}

function spanOf(spans: readonly ReceivedSpan[], name: string): ReceivedSpan {
  const found = spans.find((span) => span.name === name);
  if (found === undefined) throw new Error(`no span ${name}`);
  return found;
}

/** Names from a span up to the first of its trace. */
function path(spans: readonly ReceivedSpan[], from: ReceivedSpan): string[] {
  const parent = spans.find(({ spanId }) => spanId === from.parentSpanId);
  const what = from.name.split(" ")[0] ?? "";
  return parent === undefined ? [what] : [...path(spans, parent), what];
}

test(
  "of the block dialect: shard, batch, messages, and the write to the store are one trace",
  async () => {
    const table = await tableOf("block", BLOCK_ROWS);
    const tableName = `block-${unique}`;
    const columns = { id: "id", value: "state:value" };
    const range = { startVersion: 0, endVersion: 0 };
    const [status] = await fleet.run({
      ...{ tableName, path: table.path, entityLabel: ENTITY, columns },
      ...range,
    });
    expect(status).toMatchObject({ sentCount: BLOCK_ROWS, rejectedCount: 0 });
    const spans = await traceOf(tableName, BLOCK_RECORDS);
    const shard = spanOf(spans, `populate ${tableName}`);
    expect(shard).toMatchObject({
      service: "ofs-populator",
      parentSpanId: "",
      statusCode: 0,
      attributes: { "ofs.table": tableName, "ofs.table.version": 0, "ofs.shard.kind": "rows" },
    });
    const send = spans.find(({ kind }) => kind === PRODUCER);
    const messages = spans.filter(({ kind }) => kind === CONSUMER);
    expect(send?.attributes).toMatchObject({ "messaging.batch.message_count": BLOCK_RECORDS });
    expect(messages).toHaveLength(BLOCK_RECORDS);
    for (const message of messages) {
      expect(message).toMatchObject({ service: "ofs-consumer", statusCode: 0 });
      expect(message.parentSpanId).toBe(send?.spanId);
      expect(message.name.slice("process ".length)).toBe(send?.name.slice("send ".length));
    }
    const write = spanOf(spans, `write ${ENTITY}`);
    expect(write).toMatchObject({
      attributes: { "db.system.name": "scylla", "ofs.entity": ENTITY },
    });
    const ways = ["populate", "send", "process", "engine.write", "write"];
    expect(path(spans, write)).toEqual(ways);
    // A write of several messages is part of the first one's, and names the others.
    const writes = spans.filter(({ name }) => name === "engine.write");
    const written = new Set(writes.flatMap(({ links, parentSpanId }) => [parentSpanId, ...links]));
    expect(written).toEqual(new Set(messages.map(({ spanId }) => spanId)));
  },
  TEST_TIMEOUT_MS,
);

test(
  "of the row dialect: as far as the tenant's table, for some rows of each batch",
  async () => {
    const table = await tableOf("row", ROW_ROWS);
    const tableName = `row-${unique}`;
    const target = { featureGroupName: GROUP, startVersion: 0, endVersion: 0 };
    const [status] = await fleet.run({ tableName, path: table.path, ...target });
    expect(status).toMatchObject({ sentCount: ROW_ROWS, rejectedCount: 0 });
    const spans = await traceOf(tableName, TRACED_RECORDS);
    const messages = spans.filter(({ kind }) => kind === CONSUMER);
    expect(messages).toHaveLength(TRACED_RECORDS);
    const ways = ["populate", "send", "process", "engine.write", "write"];
    expect(path(spans, spanOf(spans, `write ${GROUP}`))).toEqual(ways);
    // Nothing of the other rows is kept anywhere.
    const known = new Set(
      collector.spans.filter(({ parentSpanId }) => parentSpanId === "").map(({ name }) => name),
    );
    expect([...known].every((name) => name.startsWith("populate "))).toBe(true);
    expect(JSON.stringify(collector.spans)).not.toContain(SECRET);
  },
  TEST_TIMEOUT_MS,
);
