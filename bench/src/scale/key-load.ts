import { HEADERS } from "../cases.ts";
import { openGoLoad, type Requests } from "../go-load.ts";
import { notAnswered } from "../load.ts";
import { WRITE } from "./scale-cases.ts";

/** Of writes: so few calls at a time that a disk which others use, too, is no reason to refuse them. */
const WRITE_STREAMS = 2;

/** Requests of one method. */
export interface KeyRequests extends Requests {
  readonly method: string;
}

export interface KeyLoad {
  keep(method: string, requests: readonly Uint8Array[]): Promise<KeyRequests>;
  /**
   * @param callCount each request once by default
   * @returns bytes of an answer, on average @throws {Error} if one call was not OK
   */
  run(address: string, requests: KeyRequests, callCount?: number): Promise<number>;
}

/** Calls with other keys in each. @param folder for requests */
export async function openKeyLoad(go: string, folder: string): Promise<KeyLoad> {
  const load = await openGoLoad(go, folder);
  return {
    keep: async (method, requests) => ({ ...(await load.keep(requests)), method }),
    async run(address, requests, callCount = requests.count) {
      const { method } = requests;
      const order = { address, method, requests, headers: HEADERS, callCount };
      const result = await load.run(
        method === WRITE ? { ...order, streams: WRITE_STREAMS } : order,
      );
      if (result.failures > 0) throw notAnswered("grpc-go load", JSON.stringify(result));
      return result.answerBytes;
    },
  };
}
