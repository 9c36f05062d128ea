import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { findJava, installMavenArtifacts, installPythonPackages, stderrLog } from "@ofs/testkit";
import type { SparkValue } from "./spark-samples.ts";

/** The newest whose Kafka connector is in Maven's registry too. */
const SPARK_VERSION = "3.5.7";
const SCALA_VERSION = "2.12";
const JAVA_MAJORS = [17];

/** The published client, and the libraries that it was checked with. */
const PYTHON_PACKAGES = [
  "spark-feature-push-client==1.0.1",
  "bharatml-commons==1.0.1",
  `pyspark==${SPARK_VERSION}`,
  "numpy==2.4.6",
  "protobuf==7.36.2",
];

/** Of the connector and what it needs; Spark brings the rest. */
const CONNECTOR_JARS =
  /^(?:spark-(?:sql|token-provider)-kafka|kafka-clients|commons-pool2)-.*\.jar$/;

export interface SparkEnvironment {
  readonly python: string;
  readonly javaHome: string;
  /** Paths of the Kafka connector. */
  readonly jars: readonly string[];
}

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

/** Fetches Spark and the client; half a gigabyte, kept in the cache folder. */
export async function installSpark(): Promise<SparkEnvironment> {
  const log = stderrLog("spark");
  const variable = "JAVA_HOME";
  const java = await findJava(JAVA_MAJORS, variable, log);
  const connector = `spark-sql-kafka-0-10_${SCALA_VERSION}`;
  const folder = await installMavenArtifacts(
    `${connector}-${SPARK_VERSION}`,
    [`org.apache.spark:${connector}:${SPARK_VERSION}`],
    variable,
    log,
  );
  const names = (await readdir(folder)).filter((name) => CONNECTOR_JARS.test(name));
  const jars = names.map((name) => join(folder, name));
  const python = await installPythonPackages(
    `spark-client-1.0.1-${SPARK_VERSION}`,
    PYTHON_PACKAGES,
  );
  return { python, javaHome: dirname(dirname(java)), jars };
}

/**
 * Runs a job to its end.
 *
 * @returns what became of each push
 * @throws {Error} with the job's output if it dies
 */
export async function runSparkJob(
  { python, javaHome, jars }: SparkEnvironment,
  task: SparkTask,
): Promise<PushAnswer[]> {
  const folder = await mkdtemp(join(tmpdir(), "ofs-spark-"));
  const child = spawn(python, [join(import.meta.dirname, "push_features.py")], {
    cwd: folder,
    env: {
      ...process.env,
      JAVA_HOME: javaHome,
      PYSPARK_PYTHON: python,
      SPARK_LOCAL_IP: "127.0.0.1",
      SPARK_LOCAL_DIRS: folder,
    },
  });
  try {
    const [out, faults, closed] = [text(child.stdout), text(child.stderr), once(child, "close")];
    child.stdin.end(JSON.stringify({ ...task, jars }));
    const [code] = await closed;
    if (code !== 0) throw new Error(`the Spark job ended with ${code}: ${await faults}`);
    return JSON.parse(await out);
  } finally {
    child.kill();
    await rm(folder, { recursive: true, force: true });
  }
}
