/*
 * The program under proof: the methods of proof-routes.ts behind the transport that is named, on a free port, with a
 * second port to ask it about itself. Its own process, so that what it costs, and whether it lives, can be told.
 */
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { FrontStats } from "@ofs/grpc-front";
import { createLogger } from "@ofs/platform";
import { type AbortCounts, proofRoutes } from "./proof-routes.ts";
import { openTransport, type TransportName } from "./transports.ts";

/** What the program says of itself. */
export interface ProofServerState {
  readonly rssBytes: number;
  readonly heapBytes: number;
  /** Buffers outside the heap. */
  readonly externalBytes: number;
  readonly connections: number;
  /** Timers, sockets and the like that keep a process alive, by kind. */
  readonly resources: Readonly<Record<string, number>>;
  readonly aborts: AbortCounts;
  /** Of the front; undefined for grpc-js. */
  readonly front: (FrontStats & { readonly faults: Readonly<Record<string, number>> }) | undefined;
}

const MAX_REQUEST_BYTES = 4 * 1024 * 1024;
const MAX_CONCURRENT_STREAMS = 100;

const counts: AbortCounts = { cancelled: 0, deadline: 0, hanging: 0 };
const faults: Record<string, number> = {};
const transport = openTransport((process.argv[2] ?? "front") as TransportName, {
  routes: proofRoutes(counts),
  maxRequestBytes: MAX_REQUEST_BYTES,
  maxConcurrentStreams: MAX_CONCURRENT_STREAMS,
  onFault: (fault) => {
    faults[fault] = (faults[fault] ?? 0) + 1;
  },
  log: createLogger({ service: "proof", level: "WARN" }),
});

const sockets = new Set<Socket>();
const server = createServer({ noDelay: true }, (socket) => {
  sockets.add(socket);
  // The transport ends connections; an error here only says how.
  socket.on("error", () => socket.destroy());
  socket.once("close", () => sockets.delete(socket));
  transport.accept(socket);
});

function state(): ProofServerState {
  for (let round = 0; round < 2; round++) globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const stats = transport.stats?.();
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  return {
    rssBytes: rss,
    heapBytes: heapUsed,
    externalBytes: external,
    connections: sockets.size,
    resources,
    aborts: { ...counts },
    front: stats === undefined ? undefined : { ...stats, faults },
  };
}

async function drain(): Promise<void> {
  server.close();
  await transport.drain();
}

const control = createHttpServer((request, response) => {
  const done = (body: unknown) => response.end(JSON.stringify(body));
  if (request.url === "/state") done(state());
  else if (request.url === "/drain")
    drain().then(() => done({ isDrained: true }), response.destroy);
  else response.writeHead(404).end();
});

function listen(of: Pick<Server, "listen" | "address">): Promise<number> {
  return new Promise((resolve) => {
    of.listen(0, "127.0.0.1", () => resolve((of.address() as AddressInfo).port));
  });
}

const [port, controlPort] = [await listen(server), await listen(control)];
process.stdout.write(`proof server on ${port} control ${controlPort}\n`);
process.once("SIGTERM", () => process.exit(0));
