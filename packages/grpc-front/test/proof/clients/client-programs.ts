import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  buildGo,
  findGo,
  findJava,
  installMavenArtifacts,
  installPythonPackages,
  runCommand,
  stderrLog,
} from "@ofs/testkit";
import type { ProofTarget } from "../support/proof-target.ts";

/** What each check of a client program said: "" or what went wrong. */
export type ClientResults = Readonly<Record<string, string>>;

/** Runs a client program against a server. `scale` says how often everything is repeated. */
export type ClientProgram = (target: ProofTarget, scale: number) => Promise<ClientResults>;

const FOLDER = import.meta.dirname;
/** Of one run, for each `scale`. */
const RUN_TIMEOUT_MS = 120_000;

const GRPCIO_VERSION = "1.85.1";
const GRPC_JAVA_VERSION = "1.76.0";
/** Eclipse's compiler is a jar, so that a machine with no more than a Java runtime will do. */
const JAVA_COMPILER = "org.eclipse.jdt:ecj:3.33.0";
const JAVA_MAJORS = [17, 21];
const JAVA_VARIABLE = "JAVA_HOME";

async function run(command: string, args: readonly string[], scale: number) {
  return JSON.parse(
    await runCommand(command, args, { timeoutMs: RUN_TIMEOUT_MS * scale }),
  ) as ClientResults;
}

/** @throws {Error} if there is no Go: ask `findGo` first */
export async function goClient(): Promise<ClientProgram> {
  const go = await findGo();
  if ("missing" in go) throw new Error(go.missing);
  const program = await buildGo(go.path, { folder: join(FOLDER, "go"), package: "./client" });
  return ({ address }, scale) =>
    run(program, ["-address", address, "-scale", String(scale)], scale);
}

export async function pythonClient(): Promise<ClientProgram> {
  const requirements = [`grpcio==${GRPCIO_VERSION}`];
  const python = await installPythonPackages(`grpcio-${GRPCIO_VERSION}`, requirements);
  const program = join(FOLDER, "python", "client.py");
  return ({ address }, scale) => run(python, [program, address, String(scale)], scale);
}

export async function javaClient(): Promise<ClientProgram> {
  const log = stderrLog("java");
  const java = await findJava(JAVA_MAJORS, JAVA_VARIABLE, log);
  const grpc = ["grpc-netty", "grpc-stub"].map((name) => `io.grpc:${name}:${GRPC_JAVA_VERSION}`);
  const name = `grpc-java-${GRPC_JAVA_VERSION}`;
  const folder = await installMavenArtifacts(name, [...grpc, JAVA_COMPILER], JAVA_VARIABLE, log);
  const jars = join(folder, "*");
  return async ({ port }, scale) => {
    const classes = await mkdtemp(join(tmpdir(), "proof-java-"));
    try {
      await compile(java, jars, classes);
      const options = ["-Xmx512m", "-XX:TieredStopAtLevel=1", "-cp", `${classes}:${jars}`];
      return await run(java, [...options, "Client", String(port), String(scale)], scale);
    } finally {
      await rm(classes, { recursive: true });
    }
  };
}

async function compile(java: string, jars: string, classes: string): Promise<void> {
  await mkdir(classes, { recursive: true });
  const compiler = ["-cp", jars, "org.eclipse.jdt.internal.compiler.batch.Main"];
  const source = join(FOLDER, "java", "Client.java");
  await runCommand(java, [...compiler, "-17", "-nowarn", "-d", classes, source]);
}
