import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildGo, executableEnv, findExecutables, runCommand, stderrLog } from "@ofs/testkit";
import { grpcMessage } from "../test/proof/support/frames.ts";
import type { BenchMethod } from "./bench-methods.ts";
import { GO_FOLDER, LOAD_CORE } from "./candidates.ts";

/** Makes calls, all of which must be answered. @returns calls a second */
export type Load = (port: number, method: BenchMethod, callCount: number) => Promise<number>;

const CONNECTIONS = "4";
const STREAMS = "5";
const TIMEOUT_MS = 300_000;

/** A cheap client, in C: the server is what limits it. It counts HTTP statuses, not gRPC's. */
export async function h2load(): Promise<Load> {
  const request = { debianPackages: ["nghttp2-client"], name: "h2load", variable: "PATH" };
  const [found] = await findExecutables({ ...request, programs: ["h2load"] }, stderrLog("h2load"));
  if (found === undefined) throw new Error("there is no h2load");
  const folder = await mkdtemp(join(tmpdir(), "h2load-"));
  return async (port, { path, requestBytes }, callCount) => {
    const body = join(folder, String(requestBytes));
    await writeFile(body, grpcMessage(new Uint8Array(requestBytes)));
    const shape = [
      "-n",
      String(callCount),
      "-c",
      CONNECTIONS,
      "-m",
      STREAMS,
      "-t",
      "1",
      "-d",
      body,
    ];
    const headers = ["-H", "content-type: application/grpc", "-H", "te: trailers"];
    const url = `http://127.0.0.1:${port}${path}`;
    const output = await runCommand(
      "taskset",
      ["-c", LOAD_CORE, found.path, ...shape, ...headers, url],
      { env: executableEnv(found), timeoutMs: TIMEOUT_MS },
    );
    const succeeded = Number(/(\d+) succeeded/.exec(output)?.[1]);
    if (succeeded !== callCount) throw new Error(`h2load: ${output.slice(0, 1_000)}`);
    return Number(/([\d.]+) req\/s/.exec(output)?.[1]);
  };
}

interface GoResult {
  readonly seconds: number;
  readonly failures: number;
  readonly fault: string;
}

/** grpc-go's client: a deadline that differs with each call, pings, its own windows. It costs more than the server. */
export async function grpcGo(go: string): Promise<Load> {
  const program = await buildGo(go, { folder: GO_FOLDER, package: "./load" });
  return async (port, { path, requestBytes }, callCount) => {
    const shape = ["-connections", CONNECTIONS, "-streams", STREAMS, "-calls", String(callCount)];
    const what = ["-address", `127.0.0.1:${port}`, "-method", path, "-size", String(requestBytes)];
    const output = await runCommand("taskset", ["-c", LOAD_CORE, program, ...what, ...shape], {
      timeoutMs: TIMEOUT_MS,
    });
    const { seconds, failures, fault } = JSON.parse(output) as GoResult;
    const isRefusal = path.endsWith("Refused");
    if (failures !== (isRefusal ? callCount : 0)) throw new Error(`grpc-go: ${failures}, ${fault}`);
    return callCount / seconds;
  };
}
