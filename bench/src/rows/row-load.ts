import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { executableEnv, findExecutables, findOnPath, runCommand, stderrLog } from "@ofs/testkit";

/** Each with one call at a time. */
export const CONNECTIONS = 16;
const TIMEOUT_MS = 600_000;
const OUTPUT_CHARS = 1_000;

export interface RowOrder {
  readonly url: string;
  readonly body: object;
  readonly callCount: number;
  /** Calls a second, in all; undefined = as many as there is time for. */
  readonly rate: number | undefined;
}

export interface RowLoadResult {
  readonly callsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Makes calls, all of which must be answered with 200. @throws {Error} with the program's output if one was not */
export type RowLoad = (order: RowOrder) => Promise<RowLoadResult>;

/** h2load speaking HTTP/1.1. @param core that it runs on @param folder for requests and logs */
export async function openRowLoad(core: string, folder: string): Promise<RowLoad> {
  const request = { debianPackages: ["nghttp2-client"], name: "h2load", variable: "PATH" };
  const [found] = await findExecutables({ ...request, programs: ["h2load"] }, stderrLog("h2load"));
  if (found === undefined) throw new Error("there is no h2load");
  const isPinned = (await findOnPath("taskset")) !== undefined;
  const [program, first] = isPinned
    ? (["taskset", ["-c", core, found.path]] as const)
    : ([found.path, []] as const);
  const body = join(folder, "request.json");
  const times = join(folder, "times.tsv");
  return async (order) => {
    await writeFile(body, JSON.stringify(order.body));
    await rm(times, { force: true });
    const args = [
      ...["--h1", "-n", String(order.callCount), "-c", String(CONNECTIONS), "-t", "1"],
      ...["-d", body, "-H", "content-type: application/json", `--log-file=${times}`],
      ...(order.rate === undefined ? [] : ["--rps", String(order.rate / CONNECTIONS)]),
      order.url,
    ];
    const options = { env: executableEnv(found), timeoutMs: TIMEOUT_MS };
    const output = await runCommand(program, [...first, ...args], options);
    if (Number(/(\d+) 2xx/.exec(output)?.[1]) !== order.callCount) {
      throw new Error(`h2load: not all calls were answered: ${output.slice(-OUTPUT_CHARS)}`);
    }
    const lines = (await readFile(times, "utf8")).trim().split("\n");
    const micros = lines.map((line) => Number(line.split("\t")[2])).sort((a, b) => a - b);
    const at = (share: number): number =>
      (micros[Math.floor(micros.length * share)] ?? Number.NaN) / 1e3;
    return {
      callsPerSecond: Number(/([\d.]+) req\/s/.exec(output)?.[1]),
      p50Ms: at(0.5),
      p99Ms: at(0.99),
    };
  };
}
