import { fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { retrieve } from "@ofs/proto";
import { readQuery, type Shape } from "./cases.ts";
import type { LoadOrder, LoadResult } from "./load.ts";

const METHOD = "/retrieve.FeatureService/RetrieveFeatures";
const CONNECTION_COUNT = 4;
const STREAMS_PER_CONNECTION = 5;
/** Different requests, asked in turn. */
const REQUEST_COUNT = 200;

export interface Candidate {
  readonly name: string;
  readonly address: string;
  readonly pid: number;
}

export interface Measurement {
  readonly cpuMicros: number;
  readonly requestsPerSecond: number;
  readonly rowsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Loads a server with calls of one shape. Its CPU is that of all its threads, over the calls. */
export async function measure(
  candidate: Candidate,
  shape: Shape,
  keyCount: number,
  callCount: number,
): Promise<Measurement> {
  const step = Math.max(1, Math.floor(keyCount / 2));
  const order: LoadOrder = {
    address: candidate.address,
    method: METHOD,
    headers: {
      "online-feature-store-caller-id": "scenario",
      "online-feature-store-auth-token": "scenario-token",
    },
    requests: Array.from({ length: REQUEST_COUNT }, (_, i) =>
      frame(retrieve.Query.encode(readQuery(shape, i * step, keyCount)).finish()),
    ),
    callCount,
    connectionCount: CONNECTION_COUNT,
    streamsPerConnection: STREAMS_PER_CONNECTION,
  };
  const before = await cpuSeconds(candidate.pid);
  const result = await runLoad(order);
  const used = (await cpuSeconds(candidate.pid)) - before;
  if (result.failureCount > 0) {
    throw new Error(`${candidate.name}: ${result.failureCount} of ${callCount} calls failed`);
  }
  const sorted = result.latenciesMs.toSorted();
  return {
    cpuMicros: (used / callCount) * 1e6,
    requestsPerSecond: callCount / result.seconds,
    rowsPerSecond: (callCount * keyCount) / result.seconds,
    p50Ms: sorted[Math.floor(callCount * 0.5)] as number,
    p99Ms: sorted[Math.floor(callCount * 0.99)] as number,
  };
}

function runLoad(order: LoadOrder): Promise<LoadResult> {
  const child = fork(new URL("./load.ts", import.meta.url), { serialization: "advanced" });
  return new Promise((resolve, reject) => {
    child.once("message", resolve);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the load ended with code ${code}`)));
    child.send(order);
  });
}

/** Length-prefixed, not compressed. */
function frame(message: Uint8Array): Uint8Array {
  const framed = Buffer.alloc(5 + message.length);
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, 5);
  return framed;
}

/** User and system time of all threads, from the kernel's scheduler (Linux). */
export async function cpuSeconds(pid: number): Promise<number> {
  let nanoseconds = 0;
  for (const thread of await readdir(`/proc/${pid}/task`)) {
    const [onCpu] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ");
    nanoseconds += Number(onCpu);
  }
  return nanoseconds / 1e9;
}
