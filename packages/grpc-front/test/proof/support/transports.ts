import type { Socket } from "node:net";
import { finished } from "node:stream/promises";
import { createFront, type FrontFault, type FrontStats, type PlainHandler } from "@ofs/grpc-front";
import type { Logger, UnaryRoutes } from "@ofs/platform";
import { GrpcServer } from "../../../../../services/api-server/src/transport/grpc-server.ts";

/** `front` is under proof, `grpc-js` is what it is compared with. */
export type TransportName = "front" | "grpc-js";

/** A transport without a port of its own. */
export interface Transport {
  accept(socket: Socket): void;
  /** Resolves when what was in flight is answered and no connection is left. */
  drain(): Promise<void>;
  destroy(): void;
  stats?(): FrontStats;
}

export interface TransportSettings {
  readonly routes: UnaryRoutes;
  readonly maxRequestBytes: number;
  readonly maxConcurrentStreams: number;
  onFault(fault: FrontFault): void;
  readonly log: Logger;
}

const KEEPALIVE_TIME_MS = 20_000;
const KEEPALIVE_TIMEOUT_MS = 10_000;

export function openTransport(name: TransportName, settings: TransportSettings): Transport {
  const { routes, maxRequestBytes, maxConcurrentStreams, onFault, log } = settings;
  if (name === "grpc-js") {
    return new GrpcServer(routes, {
      maxRequestBytes,
      maxConcurrentStreams,
      log,
      keepaliveTimeMs: KEEPALIVE_TIME_MS,
      keepaliveTimeoutMs: KEEPALIVE_TIMEOUT_MS,
    });
  }
  return createFront({
    routes,
    plain: answerPlainly,
    limits: { maxMessageBytes: maxRequestBytes, maxConcurrentStreams },
    onFault,
    log,
  });
}

/** What a web server would say: the conformance suite asks for a page. What is wrong with a body must be seen first. */
const answerPlainly: PlainHandler = ({ path }) =>
  path === "/page"
    ? async ({ body }) => {
        await finished(body.resume(), { writable: false });
        return {
          status: 200,
          headers: { "content-type": "text/plain" },
          body: Buffer.from("hello, world"),
        };
      }
    : undefined;
