import { setImmediate as turn } from "node:timers/promises";
import type { UnaryHandler, UnaryRoutes } from "@ofs/platform";

/** One method of the benchmark: a request and a response of fixed sizes. */
export interface BenchMethod {
  /** Full name. */
  readonly path: string;
  readonly title: string;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** How many calls a measured run has, under the cheap load and under grpc-go's. */
  readonly calls: { readonly h2load: number; readonly go: number };
}

const ONE = { requestBytes: 121, responseBytes: 135, calls: { h2load: 60_000, go: 30_000 } };
const HUNDRED = {
  requestBytes: 1_593,
  responseBytes: 13_500,
  calls: { h2load: 15_000, go: 10_000 },
};

/** Sizes of retrievals of rows of 20 columns of 4 bytes. */
export const METHODS = {
  one: { path: "/bench.Rows/One", title: "1 key", ...ONE },
  hundred: { path: "/bench.Rows/Hundred", title: "100 keys", ...HUNDRED },
  laterOne: { path: "/bench.Rows/LaterOne", title: "1 key, promise", ...ONE },
  laterHundred: { path: "/bench.Rows/LaterHundred", title: "100 keys, promise", ...HUNDRED },
  refused: { path: "/bench.Rows/Refused", title: "refused, 1 key", ...ONE },
} as const satisfies Record<string, BenchMethod>;

function handlerOf({ path, responseBytes }: BenchMethod): UnaryHandler {
  const response = new Uint8Array(responseBytes);
  if (!path.includes("Later")) return () => ({ response });
  return async () => {
    await turn();
    return { response };
  };
}

/** Answers that are there at once, and answers that a turn of the event loop brings. */
export const BENCH_ROUTES: UnaryRoutes = new Map(
  Object.values(METHODS).map((method) => [method.path, handlerOf(method)]),
);
