import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import {
  cacheFolder,
  findOnPath,
  installPythonPackages,
  runCommand,
  withFileLock,
} from "@ofs/testkit";
import { SOURCE_OPTIONS } from "./fleet.ts";
import { PACKAGE } from "./pages.ts";

const run = promisify(execFile);

const GRPCURL = "github.com/fullstorydev/grpcurl/cmd/grpcurl";
const GRPCURL_VERSION = "v1.9.3";
const GRPCIO_VERSION = "1.85.1";
const PROTO_FOLDER = join(PACKAGE, "../../proto");
const BUILD_MS = 400_000;
const RUN_MS = 60_000;

/** Runs code as somebody does who has pasted it. */
export interface Program {
  /** @returns what it wrote. @throws {Error} with its output if it fails */
  run(code: string, token: string): Promise<string>;
  close(): Promise<void>;
}

async function execute(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const options = { cwd: PACKAGE, env: { ...process.env, ...env }, timeout: RUN_MS };
  return (await run(command, [...args], options)).stdout;
}

/** With this repository's client. */
export const typescriptProgram: Program = {
  run: (code, token) =>
    execute(process.execPath, [...SOURCE_OPTIONS, "--input-type=module", "--eval", code], {
      OFS_TOKEN: token,
    }),
  close: async () => undefined,
};

/** @param folder with programs that are not on PATH */
export function shellProgram(folder?: string): Program {
  const { PATH = "" } = process.env;
  const path = folder === undefined ? PATH : [folder, PATH].join(delimiter);
  return {
    run: (code, token) => execute("sh", ["-c", code], { OFS_TOKEN: token, PATH: path }),
    close: async () => undefined,
  };
}

/** With nothing but the packages of that interpreter. */
export function plainPython(python: string): Program {
  return {
    run: (code, token) => execute(python, ["-c", code], { OFS_TOKEN: token }),
    close: async () => undefined,
  };
}

/** With stubs that are generated from this repository's messages, as the page says. */
export async function pythonProgram(): Promise<Program> {
  const packages = [`grpcio==${GRPCIO_VERSION}`, `grpcio-tools==${GRPCIO_VERSION}`];
  const python = await installPythonPackages(`grpcio-tools-${GRPCIO_VERSION}`, packages);
  const stubs = await mkdtemp(join(tmpdir(), "ofs-stubs-"));
  const outputs = [`--python_out=${stubs}`, `--grpc_python_out=${stubs}`];
  const protos = ["retrieve.proto", "persist.proto"];
  const compiler = ["-m", "grpc_tools.protoc", `-I${PROTO_FOLDER}`, ...outputs, ...protos];
  await runCommand(python, compiler, { timeoutMs: RUN_MS });
  return {
    run: (code, token) => execute(python, ["-c", code], { OFS_TOKEN: token, PYTHONPATH: stubs }),
    close: () => rm(stubs, { recursive: true }),
  };
}

/** @returns the folder of a grpcurl, built once; undefined if there is no Go to build it with */
export async function findGrpcurl(): Promise<string | undefined> {
  const go = await findOnPath("go");
  if (go === undefined) return undefined;
  const folder = join(cacheFolder(), "go", `grpcurl-${GRPCURL_VERSION}`);
  await mkdir(folder, { recursive: true });
  await withFileLock(`${folder}.lock`, async () => {
    if ((await readdir(folder)).includes("grpcurl")) return;
    const env = { ...process.env, GOBIN: folder };
    const args = ["install", `${GRPCURL}@${GRPCURL_VERSION}`];
    await runCommand(go, args, { env, timeoutMs: BUILD_MS });
  });
  return folder;
}
