import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildGo } from "@ofs/testkit";
import { YARDSTICK_FOLDER } from "../candidate.ts";
import { LOAD_CORE, runOnCore } from "../cores.ts";
import { CONNECTIONS, LOAD_TIMEOUT_MS, notAnswered, STREAMS } from "../load.ts";
import { HEADERS, WRITE } from "./scale-cases.ts";

/** Of writes: so few calls at a time that a disk which others use, too, is no reason to refuse them. */
const WRITE_STREAMS = 2;

/** Requests in a file. */
export interface Requests {
  readonly path: string;
  readonly method: string;
  readonly count: number;
}

export interface KeyLoad {
  keep(method: string, requests: readonly Uint8Array[]): Promise<Requests>;
  /**
   * @param callCount each request once by default
   * @returns bytes of an answer, on average @throws {Error} if one call was not OK
   */
  run(address: string, requests: Requests, callCount?: number): Promise<number>;
}

interface LoadOutput {
  readonly failures: number;
  readonly answerBytes: number;
}

/** grpc-go's client, with other keys in each call. @param folder for requests */
export async function openKeyLoad(go: string, folder: string): Promise<KeyLoad> {
  const program = await buildGo(go, { folder: YARDSTICK_FOLDER, package: "./key-load" });
  let kept = 0;
  return {
    async keep(method, requests) {
      const path = join(folder, `requests-${kept++}`);
      await writeFile(path, requests.flatMap(framed));
      return { path, method, count: requests.length };
    },
    async run(address, { path, method, count }, callCount = count) {
      const streams = method === WRITE ? WRITE_STREAMS : STREAMS;
      const args = [
        ...["-address", address, "-method", method, "-requests", path],
        ...["-headers", JSON.stringify(HEADERS), "-calls", String(callCount)],
        ...["-connections", String(CONNECTIONS), "-streams", String(streams)],
      ];
      const output = await runOnCore(LOAD_CORE, program, args, { timeoutMs: LOAD_TIMEOUT_MS });
      const { failures, answerBytes } = JSON.parse(output) as LoadOutput;
      if (failures > 0) throw notAnswered("key-load", output);
      return answerBytes;
    },
  };
}

function framed(request: Uint8Array): Uint8Array[] {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(request.length);
  return [size, request];
}
