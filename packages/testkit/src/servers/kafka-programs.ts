import { join } from "node:path";
import { findJava, installMavenArtifacts } from "../install/java.ts";
import type { Log } from "../install/log.ts";
import { SERVER_VARIABLES } from "./server-address.ts";

export type KafkaVersion = "3.9.1" | "4.1.0";

const JAVA_MAJORS = [17];

/** Each version logs through the library that it brings, to the process's own output. */
const VERSIONS = {
  "3.9.1": { name: "kafka-3", logger: "org.slf4j:slf4j-reload4j:1.7.36" },
  "4.1.0": { name: "kafka", logger: "org.slf4j:slf4j-simple:1.7.36" },
} as const satisfies Record<KafkaVersion, object>;

export interface KafkaPrograms {
  readonly version: KafkaVersion;
  readonly java: string;
  /** Folder of jars. */
  readonly jars: string;
}

/** @throws {Error} when Java or the jars cannot be had, naming the variable to set instead */
export async function findKafka(version: KafkaVersion, log: Log): Promise<KafkaPrograms> {
  const { name, logger } = VERSIONS[version];
  const variable = SERVER_VARIABLES[name];
  const java = await findJava(JAVA_MAJORS, variable, log);
  const artifacts = [`org.apache.kafka:kafka_2.13:${version}`, logger];
  const jars = await installMavenArtifacts(`kafka-${version}`, artifacts, variable, log);
  return { version, java, jars };
}

/** Arguments of `java` that run a class of Kafka's; those of the class follow. */
export function kafkaClass({ jars }: KafkaPrograms, name: string): string[] {
  return ["-cp", join(jars, "*"), name];
}

export function kafkaServerName(version: KafkaVersion): "kafka" | "kafka-3" {
  return VERSIONS[version].name;
}
