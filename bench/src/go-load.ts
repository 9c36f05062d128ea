import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildGo } from "@ofs/testkit";
import { YARDSTICK_FOLDER } from "./candidate.ts";
import { LOAD_CORE, runOnCore } from "./cores.ts";
import { CONNECTIONS, LOAD_TIMEOUT_MS, STREAMS } from "./load.ts";

/** Requests in a file, to be asked one after the other. */
export interface Requests {
  readonly path: string;
  readonly count: number;
}

export interface GoOrder {
  /** `host:port` */
  readonly address: string;
  /** Full name, with its leading slash. */
  readonly method: string;
  readonly requests: Requests;
  readonly headers?: Readonly<Record<string, string>>;
  readonly callCount: number;
  /** Calls at a time on each connection. */
  readonly streams?: number;
}

export interface GoResult {
  readonly seconds: number;
  /** Calls that were not OK. */
  readonly failures: number;
  /** The last failure. */
  readonly fault: string;
  /** Mean size of an answer. */
  readonly answerBytes: number;
}

export interface GoLoad {
  keep(requests: readonly Uint8Array[]): Promise<Requests>;
  run(order: GoOrder): Promise<GoResult>;
}

/**
 * grpc-go's client, which does not decode what it gets: a deadline that differs with each call, pings, its own windows. It
 * costs more than the server.
 *
 * @param folder for requests
 */
export async function openGoLoad(go: string, folder: string): Promise<GoLoad> {
  const program = await buildGo(go, { folder: YARDSTICK_FOLDER, package: "./load" });
  let kept = 0;
  return {
    async keep(requests) {
      const path = join(folder, `requests-${kept++}`);
      await writeFile(path, requests.flatMap(framed));
      return { path, count: requests.length };
    },
    async run({ address, method, requests, headers = {}, callCount, streams = STREAMS }) {
      const args = [
        ...["-address", address, "-method", method, "-requests", requests.path],
        ...["-headers", JSON.stringify(headers), "-calls", String(callCount)],
        ...["-connections", String(CONNECTIONS), "-streams", String(streams)],
      ];
      const output = await runOnCore(LOAD_CORE, program, args, { timeoutMs: LOAD_TIMEOUT_MS });
      return JSON.parse(output) as GoResult;
    },
  };
}

function framed(request: Uint8Array): Uint8Array[] {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(request.length);
  return [size, request];
}
