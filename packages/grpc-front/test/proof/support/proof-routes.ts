import { setTimeout as delay, setImmediate as turn } from "node:timers/promises";
import {
  type ErrorCode,
  FeatureStoreError,
  type UnaryCall,
  type UnaryHandler,
  type UnaryReply,
  type UnaryRoutes,
} from "@ofs/platform";

export const SERVICE = "/proof.Echo";

/** What became of calls that do not end by themselves. */
export interface AbortCounts {
  cancelled: number;
  deadline: number;
  /** Calls that hang now. */
  hanging: number;
}

const PATTERN_BYTES = 8 * 1024 * 1024;
/** The pattern repeats after so many bytes. */
const PERIOD_BYTES = 65_536;

/** Byte `i` of every answer of `Sized`. */
export function patternByte(index: number): number {
  return (index * 31 + (index >>> 8)) & 255;
}

/** The methods under proof, alike behind every transport. */
export function proofRoutes(counts: AbortCounts): UnaryRoutes {
  const period = Uint8Array.from({ length: PERIOD_BYTES }, (_, i) => patternByte(i));
  const pattern = Buffer.alloc(PATTERN_BYTES, period);
  const routes: Record<string, UnaryHandler> = {
    Echo: (call) => ({ response: call.request }),
    Later: (call) => later(call),
    Sized: (call) => ({ response: pattern.subarray(0, Number(textOf(call))) }),
    Fail: (call) => {
      throw new FeatureStoreError((call.header("x-code") ?? "ABORTED") as ErrorCode, textOf(call));
    },
    Throw: () => {
      throw new TypeError("a secret");
    },
    Trailers: (call) => ({
      response: call.request,
      trailers: { "x-one": "1", "x-text": textOf(call).slice(0, 200) },
    }),
    Headers: (call) => {
      const wanted = JSON.parse(textOf(call)) as string[];
      const headers = wanted.map((name) => [name, call.header(name)]);
      const hasDeadline = call.deadlineMs !== Number.POSITIVE_INFINITY;
      return { response: Buffer.from(JSON.stringify({ headers, hasDeadline })) };
    },
    Hang: (call) => hang(call, counts),
  };
  return new Map(Object.entries(routes).map(([name, handler]) => [`${SERVICE}/${name}`, handler]));
}

/** Answers after `x-delay-ms`, else in the next turn of the loop. */
async function later(call: UnaryCall): Promise<UnaryReply> {
  const delayMs = Number(call.header("x-delay-ms") ?? 0);
  if (delayMs > 0) await delay(delayMs);
  else await turn();
  return { response: call.request };
}

/** Ends when its caller is gone or its deadline has passed. */
function hang(call: UnaryCall, counts: AbortCounts): Promise<UnaryReply> {
  counts.hanging += 1;
  return new Promise((_, reject) => {
    const { signal } = call;
    const stop = (): void => {
      const { reason } = signal as { reason: unknown };
      const isLate = reason instanceof FeatureStoreError && reason.code === "DEADLINE_EXCEEDED";
      counts.hanging -= 1;
      counts[isLate ? "deadline" : "cancelled"] += 1;
      reject(reason as Error);
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

function textOf(call: UnaryCall): string {
  return Buffer.from(call.request).toString("utf8");
}
