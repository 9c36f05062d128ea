import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import {
  installSpark,
  SPARK_SCALA_VERSION,
  SPARK_VERSION,
  type SparkInstallation,
  sparkEnvironment,
} from "@ofs/testkit";
import type { SparkValue } from "./spark-samples.ts";

/** Of the connector and what it needs; Spark brings the rest. */
const CONNECTOR_JARS =
  /^(?:spark-(?:sql|token-provider)-kafka|kafka-clients|commons-pool2)-.*\.jar$/;

/** One DataFrame that a job pushes. */
export interface SparkPush {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly SparkValue[])[];
  readonly partitions: number;
  /** Rows of one message. */
  readonly intraBatchSize: number;
  /** Writes that the messages are spread over. */
  readonly kafkaBatches: number;
}

export interface SparkTask {
  readonly job: { readonly url: string; readonly id: string; readonly token: string };
  readonly brokers: string;
  readonly topic: string;
  readonly pushes: readonly SparkPush[];
}

export type PushAnswer =
  | { readonly messages: number; readonly rows: number }
  | { readonly error: string };

/** Fetches Spark, the client and the Kafka connector. */
export function installSparkWithKafka(): Promise<SparkInstallation> {
  const connector = `spark-sql-kafka-0-10_${SPARK_SCALA_VERSION}`;
  const artifact = `org.apache.spark:${connector}:${SPARK_VERSION}`;
  return installSpark(`${connector}-${SPARK_VERSION}`, artifact, CONNECTOR_JARS);
}

/**
 * Runs a job to its end.
 *
 * @returns what became of each push
 * @throws {Error} with the job's output if it dies
 */
export async function runSparkJob(
  spark: SparkInstallation,
  task: SparkTask,
): Promise<PushAnswer[]> {
  const folder = await mkdtemp(join(tmpdir(), "ofs-spark-"));
  const child = spawn(spark.python, [join(import.meta.dirname, "push_features.py")], {
    cwd: folder,
    env: { ...process.env, ...sparkEnvironment(spark, folder) },
  });
  try {
    const [out, faults, closed] = [text(child.stdout), text(child.stderr), once(child, "close")];
    child.stdin.end(JSON.stringify({ ...task, jars: spark.jars }));
    const [code] = await closed;
    if (code !== 0) throw new Error(`the Spark job ended with ${code}: ${await faults}`);
    return JSON.parse(await out);
  } finally {
    child.kill();
    await rm(folder, { recursive: true, force: true });
  }
}
