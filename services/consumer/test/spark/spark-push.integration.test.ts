import { randomUUID } from "node:crypto";
import { createClient, type OfsClient } from "@ofs/client";
import { createKafkaTopic, type SparkInstallation, serverAddress, waitUntil } from "@ofs/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fleet, startFleet } from "./fleet.ts";
import { type SourceMappingServer, startSourceMappingServer } from "./source-mapping-server.ts";
import {
  installSparkWithKafka,
  type PushAnswer,
  runSparkJob,
  type SparkPush,
} from "./spark-job.ts";
import {
  cellsWithGaps,
  DATA_TYPES,
  fullCells,
  groupOf,
  type SparkValue,
  sparkTypeOf,
} from "./spark-samples.ts";

const ENTITY = "every";
const KEY = "id";
const TOPIC_PARTITIONS = 3;
const SET_UP_TIMEOUT_MS = 900_000;
/** Half a minute on a calm machine. */
const JOB_TIMEOUT_MS = 300_000;
const INGEST_TIMEOUT_MS = 30_000;
const FULL_IDS = Array.from({ length: 45 }, (_, i) => `full-${i}`);
const GAP_IDS = ["gaps-0", "gaps-1", "gaps-2"];

/** Every feature of every data type, and the column that a job takes it from. */
const FEATURES = DATA_TYPES.flatMap((type) =>
  ["first", "second"].map((feature) => ({
    type,
    group: groupOf(type),
    feature,
    column: `${groupOf(type)}_${feature}`,
    dataType: type.name,
  })),
);

let spark: SparkInstallation;
let mapping: SourceMappingServer;
let fleet: Fleet;
let client: OfsClient;
const topic = `spark-${randomUUID()}`;

beforeAll(async () => {
  spark = await installSparkWithKafka();
  const brokers = serverAddress("kafka").text;
  await createKafkaTopic(brokers, topic, { partitions: TOPIC_PARTITIONS });
  mapping = await startSourceMappingServer({
    entity: ENTITY,
    keys: [KEY],
    table: "warehouse.daily",
    features: FEATURES,
  });
  fleet = await startFleet({ entity: ENTITY, key: KEY, topic, brokers });
  client = createClient(fleet.caller);
}, SET_UP_TIMEOUT_MS);

afterAll(async () => {
  client?.close();
  await fleet?.close();
  await mapping?.close();
});

/** A DataFrame with one row for each id. */
function pushOf(
  ids: readonly string[],
  cellsOf: typeof fullCells,
  layout: Pick<SparkPush, "partitions" | "intraBatchSize" | "kafkaBatches">,
): SparkPush {
  const cells = DATA_TYPES.flatMap((type) => cellsOf(type).map(({ sent }) => sent));
  const columns = FEATURES.map(({ column, type }) => ({ name: column, type: sparkTypeOf(type) }));
  return {
    columns: [{ name: KEY, type: "string" }, ...columns],
    rows: ids.map((id): SparkValue[] => [id, ...cells]),
    ...layout,
  };
}

function run(...pushes: SparkPush[]): Promise<PushAnswer[]> {
  const brokers = serverAddress("kafka").text;
  const job = { url: mapping.url, ...mapping.job };
  return runSparkJob(spark, { job, brokers, topic, pushes });
}

/** Values by group and feature, as a client of the api-server reads them. */
async function read(ids: readonly string[]): Promise<Record<string, Record<string, unknown>>[]> {
  const features = Object.fromEntries(
    DATA_TYPES.map((type) => [groupOf(type), ["first", "second"]]),
  );
  const { rows } = await client.retrieve({
    entity: ENTITY,
    keys: ids.map((id) => ({ [KEY]: id })),
    features,
  });
  return rows.map(({ values }) =>
    Object.fromEntries(
      Object.entries(values).map(([group, cells]) => [
        group,
        Object.fromEntries(Object.entries(cells).map(([label, cell]) => [label, plain(cell)])),
      ]),
    ),
  );
}

function plain(cell: unknown): unknown {
  return ArrayBuffer.isView(cell) ? Array.from(cell as unknown as ArrayLike<unknown>) : cell;
}

function expectedOf(cellsOf: typeof fullCells): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    DATA_TYPES.map((type) => {
      const [first, second] = cellsOf(type).map((cell) => cell.read);
      return [groupOf(type), { first, second }];
    }),
  );
}

/** An integer group tells whether a row has come: its default is 0. */
async function haveArrived(ids: readonly string[]): Promise<boolean> {
  const rows = await read(ids);
  return rows.every((row) => row["int32"]?.["first"] !== 0);
}

test(
  "what Spark pushes is read back: every data type, several messages, missing values",
  async () => {
    const manyMessages = { partitions: 2, intraBatchSize: 20, kafkaBatches: 1 };
    const manyWrites = { partitions: 1, intraBatchSize: 1, kafkaBatches: 3 };
    const withoutInteger = pushOf(["dies"], fullCells, manyWrites);
    const int8 = 1 + FEATURES.findIndex(({ group }) => group === "int8");
    const rows = withoutInteger.rows.map((row) => row.with(int8, null));
    const [full, gaps, dead] = await run(
      pushOf(FULL_IDS, fullCells, manyMessages),
      pushOf(GAP_IDS, cellsWithGaps, manyWrites),
      { ...withoutInteger, rows },
    );
    expect(full).toEqual({ rows: FULL_IDS.length, messages: 4 });
    expect(gaps).toEqual({ rows: GAP_IDS.length, messages: GAP_IDS.length });
    expect(dead).toMatchObject({ error: expect.stringMatching(/TypeError.*NoneType/s) });

    const ids = [...FULL_IDS, ...GAP_IDS];
    await waitUntil(() => haveArrived(ids), {
      what: "the rows of the job",
      timeoutMs: INGEST_TIMEOUT_MS,
    });
    const found = await read(ids);
    for (const [i, id] of ids.entries()) {
      const cellsOf = i < FULL_IDS.length ? fullCells : cellsWithGaps;
      expect(found[i], id).toEqual(expectedOf(cellsOf));
    }
    expect(await haveArrived(["dies"])).toBe(false);
  },
  JOB_TIMEOUT_MS,
);
