import { type AddressInfo, createServer } from "node:net";
import { createFront, type FrontLimits, type FrontStats, type StreamRoutes } from "@ofs/grpc-front";
import { createLogger } from "@ofs/platform";
import { type AbortCounts, proofRoutes } from "./proof-routes.ts";

/** A front with the methods under proof, in this process. */
export interface LocalFront {
  readonly port: number;
  readonly counts: AbortCounts;
  /** What `onFault` was told. */
  readonly faults: string[];
  stats(): FrontStats;
  close(): Promise<void>;
}

export async function openLocalFront(
  limits: Partial<FrontLimits> = {},
  streams: StreamRoutes = new Map(),
): Promise<LocalFront> {
  const counts: AbortCounts = { cancelled: 0, deadline: 0, hanging: 0 };
  const faults: string[] = [];
  const front = createFront({
    routes: proofRoutes(counts),
    streams,
    limits,
    // Handlers that throw are meant to.
    log: createLogger({
      service: "proof",
      level: "ERROR",
      destination: { write: () => undefined },
    }),
    onFault: (fault) => faults.push(fault),
  });
  const server = createServer({ noDelay: true }, (socket) => front.accept(socket));
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve());
  });
  return {
    port: (server.address() as AddressInfo).port,
    counts,
    faults,
    stats: () => front.stats(),
    async close() {
      front.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
