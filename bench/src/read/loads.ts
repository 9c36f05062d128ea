import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  buildGo,
  executableEnv,
  findExecutables,
  findOnPath,
  runCommand,
  stderrLog,
} from "@ofs/testkit";

export const LOAD_KINDS = ["h2load", "ghz"] as const;
export type LoadKind = (typeof LOAD_KINDS)[number];

export interface LoadOrder {
  readonly address: string;
  /** One request, encoded, asked again and again. */
  readonly message: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  readonly callCount: number;
  /** Calls a second, in all; undefined = as many as there is time for. */
  readonly rate?: number | undefined;
}

export interface LoadResult {
  readonly callsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
}

/** Makes calls, all of which must be answered. @throws {Error} with the program's output if one was not */
export type Load = (order: LoadOrder) => Promise<LoadResult>;

const METHOD = "retrieve.FeatureService/RetrieveFeatures";
const CONNECTIONS = 4;
const STREAMS = 5;
const TIMEOUT_MS = 600_000;
const OUTPUT_CHARS = 1_000;
const GHZ_FOLDER = join(import.meta.dirname, "../../ghz");
const PROTO = join(import.meta.dirname, "../../../proto/retrieve.proto");

/** @param core that the load runs on @param folder for requests and logs */
export async function openLoads(
  kinds: readonly LoadKind[],
  go: string,
  core: string,
  folder: string,
): Promise<Readonly<Record<LoadKind, Load>>> {
  const unused: Load = () => Promise.reject(new Error("this load was not opened"));
  return {
    h2load: kinds.includes("h2load") ? await h2load(core, folder) : unused,
    ghz: kinds.includes("ghz") ? await ghz(go, core, folder) : unused,
  };
}

/** A cheap client, in C: the server is what limits it. It counts HTTP statuses, not gRPC's. */
async function h2load(core: string, folder: string): Promise<Load> {
  const request = { debianPackages: ["nghttp2-client"], name: "h2load", variable: "PATH" };
  const [found] = await findExecutables({ ...request, programs: ["h2load"] }, stderrLog("h2load"));
  if (found === undefined) throw new Error("there is no h2load");
  const body = join(folder, "request.grpc");
  const times = join(folder, "times.tsv");
  return async ({ address, message, headers, callCount, rate }) => {
    await writeFile(body, framed(message));
    await rm(times, { force: true });
    const given = { "content-type": "application/grpc", te: "trailers", ...headers };
    const output = await pinned(
      core,
      found.path,
      [
        ...["-n", String(callCount), "-c", String(CONNECTIONS), "-m", String(STREAMS), "-t", "1"],
        ...["-d", body, `--log-file=${times}`],
        ...(rate === undefined ? [] : ["--rps", String(rate / CONNECTIONS)]),
        ...Object.entries(given).flatMap(([name, value]) => ["-H", `${name}: ${value}`]),
        `http://${address}/${METHOD}`,
      ],
      executableEnv(found),
    );
    if (Number(/(\d+) succeeded/.exec(output)?.[1]) !== callCount) throw failed("h2load", output);
    const lines = (await readFile(times, "utf8")).trim().split("\n");
    const micros = lines.map((line) => Number(line.split("\t")[2])).sort((a, b) => a - b);
    return {
      callsPerSecond: Number(/([\d.]+) req\/s/.exec(output)?.[1]),
      ...percentiles((share) => (micros[Math.floor(micros.length * share)] ?? Number.NaN) / 1e3),
    };
  };
}

interface GhzReport {
  readonly rps: number;
  readonly statusCodeDistribution: { readonly OK?: number };
  readonly errorDistribution: Readonly<Record<string, number>>;
  readonly details: readonly { readonly latency: number }[];
}

/** grpc-go's client: a deadline that differs with each call, pings, its own windows. It costs more than the server. */
async function ghz(go: string, core: string, folder: string): Promise<Load> {
  const program = await buildGo(go, {
    folder: GHZ_FOLDER,
    package: "github.com/bojand/ghz/cmd/ghz",
  });
  const body = join(folder, "request.bin");
  return async ({ address, message, headers, callCount, rate }) => {
    await writeFile(body, message);
    const output = await pinned(core, program, [
      ...["--insecure", "--proto", PROTO, "--call", METHOD, "--binary-file", body],
      ...["-n", String(callCount), "-c", String(CONNECTIONS * STREAMS)],
      ...["--connections", String(CONNECTIONS), "-m", JSON.stringify(headers), "-O", "json"],
      ...(rate === undefined ? [] : ["--rps", String(rate)]),
      address,
    ]);
    const { rps, statusCodeDistribution, errorDistribution, details } = JSON.parse(
      output,
    ) as GhzReport;
    if (statusCodeDistribution.OK !== callCount) {
      throw failed("ghz", JSON.stringify(errorDistribution));
    }
    const nanos = details.map(({ latency }) => latency).sort((a, b) => a - b);
    return {
      callsPerSecond: rps,
      ...percentiles((share) => (nanos[Math.floor(nanos.length * share)] ?? Number.NaN) / 1e6),
    };
  };
}

async function pinned(
  core: string,
  program: string,
  args: readonly string[],
  env?: NodeJS.ProcessEnv,
): Promise<string> {
  const options = { timeoutMs: TIMEOUT_MS, ...(env === undefined ? {} : { env }) };
  if ((await findOnPath("taskset")) === undefined) return runCommand(program, [...args], options);
  return runCommand("taskset", ["-c", core, program, ...args], options);
}

function percentiles(at: (share: number) => number): Omit<LoadResult, "callsPerSecond"> {
  return { p50Ms: at(0.5), p99Ms: at(0.99), p999Ms: at(0.999) };
}

function failed(program: string, output: string): Error {
  return new Error(`${program}: not all calls were answered: ${output.slice(0, OUTPUT_CHARS)}`);
}

/** A gRPC message as it is sent: not compressed, its length before it. */
function framed(message: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(5 + message.length);
  bytes.writeUInt32BE(message.length, 1);
  bytes.set(message, 5);
  return bytes;
}
