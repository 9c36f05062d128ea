import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { findJava, installMavenArtifacts } from "./java.ts";
import { type Log, stderrLog } from "./log.ts";
import { installPythonPackages } from "./python.ts";

/** The newest whose connectors are in Maven's registry too. */
export const SPARK_VERSION = "3.5.7";
export const SPARK_SCALA_VERSION = "2.12";
const JAVA_MAJORS = [17];
const JAVA_VARIABLE = "JAVA_HOME";

/** Spark, the published push client, and the libraries that it was checked with. */
const PYTHON_PACKAGES = [
  "spark-feature-push-client==1.0.1",
  "bharatml-commons==1.0.1",
  `pyspark==${SPARK_VERSION}`,
  "numpy==2.4.6",
  "protobuf==7.36.2",
];

/** What starts Spark from Python. */
export interface SparkInstallation {
  readonly python: string;
  readonly javaHome: string;
  /** Paths of the artifact's jars that Spark does not bring. */
  readonly jars: readonly string[];
}

/**
 * Variables of a Spark job's process.
 *
 * @param folder for its scratch files
 */
export function sparkEnvironment(
  { python, javaHome }: SparkInstallation,
  folder: string,
): Record<string, string> {
  return {
    JAVA_HOME: javaHome,
    PYSPARK_PYTHON: python,
    SPARK_LOCAL_IP: "127.0.0.1",
    SPARK_LOCAL_DIRS: folder,
  };
}

/**
 * Fetches Spark with one more artifact; half a gigabyte, kept in the cache folder.
 *
 * @param name of the artifact's folder
 * @param artifact `group:name:version`
 * @param jars those of its jars and of what it needs that Spark lacks
 * @throws {Error} if it cannot be had
 */
export async function installSpark(
  name: string,
  artifact: string,
  jars: RegExp,
  log: Log = stderrLog("spark"),
): Promise<SparkInstallation> {
  const java = await findJava(JAVA_MAJORS, JAVA_VARIABLE, log);
  const folder = await installMavenArtifacts(name, [artifact], JAVA_VARIABLE, log);
  const names = (await readdir(folder)).filter((file) => jars.test(file));
  const python = await installPythonPackages(
    `spark-client-1.0.1-${SPARK_VERSION}`,
    PYTHON_PACKAGES,
  );
  return {
    python,
    javaHome: dirname(dirname(java)),
    jars: names.map((file) => join(folder, file)),
  };
}
