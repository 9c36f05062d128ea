import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { type SparkInstallation, serverAddress, sparkEnvironment } from "@ofs/testkit";
import { startSourceMappingServer } from "../../../services/consumer/test/spark/source-mapping-server.ts";
import { type Figures, measure } from "./figures.ts";
import {
  assertRows,
  ENTITY,
  FEATURES,
  GROUP,
  KEY,
  type SourceTable,
  withTopic,
} from "./workload.ts";

/** As many rows as the populator puts into a message. */
const ROWS_PER_MESSAGE = 200;

/** Lets a new Spark with the published push client send the whole table; its start is not measured. */
export async function runSpark(spark: SparkInstallation, table: SourceTable): Promise<Figures> {
  const features = FEATURES.map((feature) => {
    return { group: GROUP, feature, column: feature, dataType: "DataTypeFP32" };
  });
  const source = { entity: ENTITY, keys: [KEY], table: "warehouse.bench", features };
  const mapping = await startSourceMappingServer(source);
  const broker = serverAddress("kafka").text;
  try {
    return await withTopic(broker, async (topic) => {
      const task = {
        job: { url: mapping.url, ...mapping.job },
        jars: spark.jars,
        brokers: broker,
        topic: topic.name,
        path: table.path,
        rowsPerMessage: ROWS_PER_MESSAGE,
      };
      const figures = await runJob(spark, task, table.rowCount);
      await assertRows(topic, table.rowCount);
      return figures;
    });
  } finally {
    await mapping.close();
  }
}

/** @param task what `push_table.py` wants to know. @throws {Error} with the job's output if it dies */
async function runJob(spark: SparkInstallation, task: object, rowCount: number): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), "ofs-populate-spark-"));
  const child = spawn(spark.python, ["-B", join(import.meta.dirname, "push_table.py")], {
    cwd: folder,
    env: { ...process.env, ...sparkEnvironment(spark, folder) },
  });
  try {
    const [faults, closed] = [text(child.stderr), once(child, "close")];
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const expectLine = async (wanted: string): Promise<void> => {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`the Spark job ended before ${wanted}: ${await faults}`);
      if (value !== wanted) throw new Error(`the Spark job says ${value}, not ${wanted}`);
    };
    child.stdin.write(`${JSON.stringify(task)}\n`);
    await expectLine("ready");
    const figures = await measure(child.pid as number, rowCount, async () => {
      child.stdin.write("go\n");
      await expectLine("done");
    });
    child.stdin.end();
    const [code] = await closed;
    if (code !== 0) throw new Error(`the Spark job ended with ${code}: ${await faults}`);
    return figures;
  } finally {
    child.kill();
    await rm(folder, { recursive: true, force: true });
  }
}
