import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodePersistQuery } from "@ofs/proto";
import { Kafka, logLevel } from "kafkajs";
import { TestTopic } from "../../../services/consumer/test/pipeline/topic.ts";
import { TestTable } from "../../../services/populator/test/support/test-table.ts";

export const ENTITY = "user";
export const KEY = "user_id";
export const GROUP = "fp32";
export const FEATURES = Array.from({ length: 20 }, (_, index) => `f${index}`);
const PARTITIONS = 4;
const FILES = 4;
const READ_RECORDS = 20_000;
const READ_BYTES = 32 * 1024 * 1024;
/** A Kafka that stays up forgets what a run that was broken off has left. */
const TOPIC_SETTINGS = { "retention.ms": "3600000", "segment.ms": "600000" };

/** A Delta table in a folder that goes with the run. */
export interface SourceTable {
  readonly path: string;
  readonly rowCount: number;
  remove(): Promise<void>;
}

/** One version of four files: a key, different in each row, and 20 floats. */
export async function makeTable(rowCount: number): Promise<SourceTable> {
  const path = await mkdtemp(join(tmpdir(), "ofs-populate-bench-"));
  const floats = FEATURES.map((feature) => [feature, "float"]);
  const table = new TestTable(path, { [KEY]: "string", ...Object.fromEntries(floats) });
  const values = FEATURES.map((feature) => `random()::float as ${feature}`).join();
  const queries = Array.from({ length: FILES }, (_, file) => {
    const [from, to] = [file, file + 1].map((part) => Math.round((rowCount * part) / FILES));
    return `select 'user-' || i as ${KEY}, ${values} from range(${from}, ${to}) t(i)`;
  });
  await table.commit(...queries);
  return { path, rowCount, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Gives work a new topic, and removes it. */
export async function withTopic<T>(
  broker: string,
  work: (topic: TestTopic) => Promise<T>,
): Promise<T> {
  const topic = await TestTopic.create(broker, PARTITIONS, TOPIC_SETTINGS);
  try {
    return await work(topic);
  } finally {
    const kafka = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [topic.name] });
    await admin.disconnect();
    await topic.close();
  }
}

/** @param rowsPerRecord undefined: as many as the messages of the block dialect hold. @throws {Error} if rows are missing */
export async function assertRows(
  { name, admin }: TestTopic,
  rowCount: number,
  rowsPerRecord?: 1,
): Promise<void> {
  let found = 0;
  for (const { partition, startOffset, endOffset } of (await admin.offsets(name)) ?? []) {
    if (rowsPerRecord !== undefined) {
      found += endOffset - startOffset;
      continue;
    }
    for (let offset = startOffset; offset < endOffset; ) {
      const some = await admin.read(name, partition, offset, READ_RECORDS, READ_BYTES);
      for (const { value } of some) found += decodePersistQuery(value as Uint8Array).data.length;
      offset = (some.at(-1)?.offset ?? endOffset) + 1;
    }
  }
  if (found !== rowCount)
    throw new Error(`${found} rows are in Kafka, and ${rowCount} in the table`);
}
