import { buildGo } from "@ofs/testkit";
import { YARDSTICK_FOLDER } from "../candidate.ts";
import { LOAD_CORE, runOnCore } from "../cores.ts";
import { openH2load } from "../h2load.ts";
import { CONNECTIONS, LOAD_TIMEOUT_MS, notAnswered, STREAMS } from "../load.ts";
import { type BenchMethod, METHODS } from "./bench-methods.ts";

/** Makes calls, all of which must be answered. @returns calls a second */
export type Load = (address: string, method: BenchMethod, callCount: number) => Promise<number>;

/** @param folder for requests and logs */
export async function openTransportH2load(folder: string): Promise<Load> {
  const run = await openH2load(LOAD_CORE, folder);
  return async (address, { path, requestBytes }, callCount) => {
    const message = new Uint8Array(requestBytes);
    return (await run({ address, path, message, callCount })).callsPerSecond;
  };
}

interface GoResult {
  readonly seconds: number;
  readonly failures: number;
  readonly fault: string;
}

/**
 * grpc-go's client, with bytes that are no messages: a deadline that differs with each call, pings, its own windows. It
 * costs more than the server.
 */
export async function openGrpcGo(go: string): Promise<Load> {
  const program = await buildGo(go, { folder: YARDSTICK_FOLDER, package: "./transport-load" });
  return async (address, method, callCount) => {
    const args = [
      ...["-address", address, "-method", method.path, "-size", String(method.requestBytes)],
      ...["-connections", String(CONNECTIONS), "-streams", String(STREAMS)],
      ...["-calls", String(callCount)],
    ];
    const output = await runOnCore(LOAD_CORE, program, args, { timeoutMs: LOAD_TIMEOUT_MS });
    const { seconds, failures } = JSON.parse(output) as GoResult;
    const expected = method === METHODS.refused ? callCount : 0;
    if (failures !== expected) throw notAnswered("transport-load", output);
    return callCount / seconds;
  };
}
