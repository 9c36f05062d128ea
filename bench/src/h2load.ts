import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { executableEnv, findExecutables, stderrLog } from "@ofs/testkit";
import { grpcMessage } from "../../packages/grpc-front/test/proof/support/frames.ts";
import { runOnCore } from "./cores.ts";
import {
  CONNECTIONS,
  LOAD_TIMEOUT_MS,
  type LoadResult,
  loadResult,
  notAnswered,
  STREAMS,
} from "./load.ts";

export interface H2loadOrder {
  /** `host:port` */
  readonly address: string;
  /** Of the method, with its leading slash. */
  readonly path: string;
  /** One request, encoded, asked again and again. */
  readonly message: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly callCount: number;
  /** Calls a second, in all; undefined = as many as there is time for. */
  readonly rate?: number | undefined;
}

/**
 * A cheap client, in C: the server is what limits it. It counts HTTP statuses, not gRPC's.
 *
 * @param core that it runs on @param folder for requests and logs
 * @returns what makes calls; it throws h2load's output if one was not answered
 */
export async function openH2load(
  core: number,
  folder: string,
): Promise<(order: H2loadOrder) => Promise<LoadResult>> {
  const request = { debianPackages: ["nghttp2-client"], name: "h2load", variable: "PATH" };
  const [found] = await findExecutables({ ...request, programs: ["h2load"] }, stderrLog("h2load"));
  if (found === undefined) throw new Error("there is no h2load");
  const options = { env: executableEnv(found), timeoutMs: LOAD_TIMEOUT_MS };
  const body = join(folder, "request.grpc");
  const times = join(folder, "times.tsv");
  return async (order) => {
    await writeFile(body, grpcMessage(order.message));
    await rm(times, { force: true });
    const args = ["-d", body, `--log-file=${times}`, ...argumentsOf(order)];
    const output = await runOnCore(core, found.path, args, options);
    const answered = Number(/(\d+) succeeded/.exec(output)?.[1]);
    if (answered !== order.callCount) throw notAnswered("h2load", output);
    const lines = (await readFile(times, "utf8")).trim().split("\n");
    const micros = lines.map((line) => Number(line.split("\t")[2]));
    return loadResult(Number(/([\d.]+) req\/s/.exec(output)?.[1]), micros, 1e3);
  };
}

function argumentsOf({ address, path, headers, callCount, rate }: H2loadOrder): string[] {
  const given = { "content-type": "application/grpc", te: "trailers", ...headers };
  return [
    ...["-n", String(callCount), "-c", String(CONNECTIONS), "-m", String(STREAMS), "-t", "1"],
    ...(rate === undefined ? [] : ["--rps", String(rate / CONNECTIONS)]),
    ...Object.entries(given).flatMap(([name, value]) => ["-H", `${name}: ${value}`]),
    `http://${address}${path}`,
  ];
}
