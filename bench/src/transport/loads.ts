import { LOAD_CORE } from "../cores.ts";
import { openGoLoad, type Requests } from "../go-load.ts";
import { openH2load } from "../h2load.ts";
import { notAnswered } from "../load.ts";
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

/** With bytes that are no messages. @param folder for requests */
export async function openGrpcGo(go: string, folder: string): Promise<Load> {
  const load = await openGoLoad(go, folder);
  const kept = new Map<BenchMethod, Requests>();
  return async (address, method, callCount) => {
    const requests = kept.get(method) ?? (await load.keep([new Uint8Array(method.requestBytes)]));
    kept.set(method, requests);
    const result = await load.run({ address, method: method.path, requests, callCount });
    const expected = method === METHODS.refused ? callCount : 0;
    if (result.failures !== expected) throw notAnswered("grpc-go load", JSON.stringify(result));
    return callCount / result.seconds;
  };
}
