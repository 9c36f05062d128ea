import {
  createLogger,
  Health,
  type Logger,
  type UnaryHandler,
  type UnaryRoutes,
} from "@ofs/platform";
import { Registry } from "prom-client";
import { type Front, type FrontDeps, type FrontSettings, openFront } from "../../src/front.ts";
import { adminRoutes } from "../../src/http/admin-routes.ts";
import { CallQueue } from "../../src/transport/call-queue.ts";
import { FrontServer } from "../../src/transport/front-server.ts";
import { GrpcServer } from "../../src/transport/grpc-server.ts";
import type { GrpcTransport, RpcServer, RpcServerOptions } from "../../src/transport/rpc-server.ts";

/** Each must pass the same tests. */
export const TRANSPORTS: readonly GrpcTransport[] = ["front", "grpc-js"];

export const ECHO = "/test.Service/Echo";

export interface TestFront {
  readonly front: Front;
  readonly port: number;
  readonly health: Health;
  readonly metrics: Registry;
  /** Log lines. */
  readonly lines: string[];
}

/** Opens a front on a free port of the loopback, with an echo method besides those given. */
export async function openTestFront(
  handlers: Record<string, UnaryHandler> = {},
  settings: Partial<FrontSettings> = {},
  more: (health: Health, metrics: Registry, log: Logger) => Partial<FrontDeps> = () => ({}),
): Promise<TestFront> {
  const metrics = new Registry();
  const health = new Health();
  const lines: string[] = [];
  const log = createLogger({
    service: "t",
    level: "DEBUG",
    destination: { write: (line) => void lines.push(line) },
  });
  const echo: UnaryHandler = (call) => ({ response: call.request });
  const front = await openFront(
    {
      host: "127.0.0.1",
      port: 0,
      tls: undefined,
      maxRequestBytes: 4 * 1024 * 1024,
      maxConnections: 100,
      maxConcurrentStreams: 100,
      isReflectionOn: true,
      transport: "front",
      ...settings,
    },
    {
      grpcRoutes: new Map([[ECHO, echo], ...Object.entries(handlers)]),
      services: ["retrieve.FeatureService"],
      httpRoutes: adminRoutes(health, metrics),
      health,
      queue: new CallQueue({ maxWaitMs: 0 }),
      metrics,
      log,
      ...more(health, metrics, log),
    },
  );
  return { front, port: front.port, health, metrics, lines };
}

/** `openTestFront` with a transport of one's choice. */
export function openerOver(transport: GrpcTransport): typeof openTestFront {
  return (handlers, settings, more) => openTestFront(handlers, { transport, ...settings }, more);
}

/** The server alone, without a port. */
export function createRpcServer(
  transport: GrpcTransport,
  routes: UnaryRoutes,
  options: RpcServerOptions,
): RpcServer {
  return transport === "front" ? new FrontServer(routes, options) : new GrpcServer(routes, options);
}
