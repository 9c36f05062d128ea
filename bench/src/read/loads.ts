import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildGo } from "@ofs/testkit";
import { LOAD_CORE, runOnCore } from "../cores.ts";
import { type H2loadOrder, openH2load } from "../h2load.ts";
import {
  CONNECTIONS,
  LOAD_TIMEOUT_MS,
  type LoadResult,
  loadResult,
  notAnswered,
  STREAMS,
} from "../load.ts";

export const LOAD_KINDS = ["h2load", "ghz"] as const;
export type LoadKind = (typeof LOAD_KINDS)[number];

export type LoadOrder = Omit<H2loadOrder, "path">;

/** Makes calls, all of which must be answered. @throws {Error} with the program's output if one was not */
export type Load = (order: LoadOrder) => Promise<LoadResult>;

const METHOD = "retrieve.FeatureService/RetrieveFeatures";
const GHZ_FOLDER = join(import.meta.dirname, "../../ghz");
const PROTO = join(import.meta.dirname, "../../../proto/retrieve.proto");

/** @param folder for requests and logs */
export async function openLoads(
  kinds: readonly LoadKind[],
  go: string,
  folder: string,
): Promise<Readonly<Record<LoadKind, Load>>> {
  const unused: Load = () => Promise.reject(new Error("this load was not opened"));
  return {
    h2load: kinds.includes("h2load") ? await h2load(folder) : unused,
    ghz: kinds.includes("ghz") ? await ghz(go, folder) : unused,
  };
}

async function h2load(folder: string): Promise<Load> {
  const run = await openH2load(LOAD_CORE, folder);
  return (order) => run({ ...order, path: `/${METHOD}` });
}

interface GhzReport {
  readonly rps: number;
  readonly statusCodeDistribution: { readonly OK?: number };
  readonly errorDistribution: Readonly<Record<string, number>>;
  readonly details: readonly { readonly latency: number }[];
}

/** grpc-go's client: a deadline that differs with each call, pings, its own windows. It costs more than the server. */
async function ghz(go: string, folder: string): Promise<Load> {
  const program = await buildGo(go, {
    folder: GHZ_FOLDER,
    package: "github.com/bojand/ghz/cmd/ghz",
  });
  const body = join(folder, "request.bin");
  return async ({ address, message, headers, callCount, rate }) => {
    await writeFile(body, message);
    const args = [
      ...["--insecure", "--proto", PROTO, "--call", METHOD, "--binary-file", body],
      ...["-n", String(callCount), "-c", String(CONNECTIONS * STREAMS)],
      ...["--connections", String(CONNECTIONS), "-m", JSON.stringify(headers ?? {}), "-O", "json"],
      ...(rate === undefined ? [] : ["--rps", String(rate)]),
      address,
    ];
    const output = await runOnCore(LOAD_CORE, program, args, { timeoutMs: LOAD_TIMEOUT_MS });
    const report = JSON.parse(output) as GhzReport;
    if (report.statusCodeDistribution.OK !== callCount) {
      throw notAnswered("ghz", JSON.stringify(report.errorDistribution));
    }
    const nanos = report.details.map(({ latency }) => latency);
    return loadResult(report.rps, nanos, 1e6);
  };
}
