import { readFile } from "node:fs/promises";
import type { Health, Logger, UnaryRoutes } from "@ofs/platform";
import { Counter, Gauge, type Registry } from "prom-client";
import { type HttpRoutes, HttpServer } from "./http/http-server.ts";
import type { CallQueue } from "./transport/call-queue.ts";
import { endWithin } from "./transport/end-within.ts";
import { FrontServer } from "./transport/front-server.ts";
import { GrpcServer } from "./transport/grpc-server.ts";
import { createHealthService, HEALTH_SERVICE } from "./transport/health-service.ts";
import { OpenStreams } from "./transport/open-streams.ts";
import { addReflection } from "./transport/reflection.ts";
import type { GrpcTransport, RpcServer, RpcServerOptions } from "./transport/rpc-server.ts";
import { type ConnectionSource, SharedPort, type TlsMaterial } from "./transport/shared-port.ts";
import { shedStreams } from "./transport/shed-streams.ts";

/** Files in PEM form. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  /** Authority of client certificates; if set, clients without one are refused. */
  readonly clientCaFile: string | undefined;
}

export interface FrontSettings {
  /** Interface to listen on; undefined = all. */
  readonly host: string | undefined;
  /** 0 = any free port. */
  readonly port: number;
  readonly tls: TlsFiles | undefined;
  readonly maxRequestBytes: number;
  readonly maxConnections: number;
  readonly maxConcurrentStreams: number;
  readonly isReflectionOn: boolean;
  readonly transport: GrpcTransport;
}

export interface FrontDeps {
  readonly grpcRoutes: UnaryRoutes;
  /** Full names of the services that the routes make up. */
  readonly services: readonly string[];
  readonly httpRoutes: HttpRoutes;
  readonly health: Health;
  readonly queue: CallQueue;
  readonly metrics: Registry;
  readonly log: Logger;
  /** In place of listening. */
  readonly connections?: ConnectionSource | undefined;
}

/** For a connection's first bytes, and for its TLS handshake. */
const FIRST_BYTES_TIMEOUT_MS = 10_000;

/**
 * Pings find dead peers, and connections that broke the protocol: Node reads no more from those, so nothing else would
 * notice that they are gone.
 */
const KEEPALIVE_TIME_MS = 20_000;
const KEEPALIVE_TIMEOUT_MS = 10_000;

/** Health watches and reflection sessions together. */
const MAX_STREAMS = 1_000;

/** Everything that callers connect to: gRPC and HTTP/1.1 on one port. */
export interface Front {
  readonly port: number;
  /**
   * Stops accepting, tells every client to go (GOAWAY, `connection: close`) and waits for the calls in flight.
   *
   * @param signal ends the waiting: connections that are left are cut
   * @returns whether every call was answered
   */
  drain(signal: AbortSignal): Promise<boolean>;
}

/** @throws if the port cannot be had or a certificate cannot be read */
export async function openFront(settings: FrontSettings, deps: FrontDeps): Promise<Front> {
  const { log } = deps;
  const tls = await readTls(settings.tls);
  const streams = new OpenStreams(MAX_STREAMS);
  const http = new HttpServer(deps.httpRoutes, { log });
  const streamFaults = new Counter({
    name: "ofs_grpc_stream_faults_total",
    help: "Calls that were cut: slow-request, unread-answer, held-bytes (of the connection or the process), stream-queue.",
    labelNames: ["reason"],
    registers: [deps.metrics],
  });
  const faults = connectionFaults(deps.metrics);
  const grpc = createRpcServer(settings, deps, http, faults, {
    maxRequestBytes: settings.maxRequestBytes,
    maxConcurrentStreams: settings.maxConcurrentStreams,
    keepaliveTimeMs: KEEPALIVE_TIME_MS,
    keepaliveTimeoutMs: KEEPALIVE_TIMEOUT_MS,
    onStreamFault: (reason) => streamFaults.inc({ reason }),
    log,
  });
  grpc.addService(HEALTH_SERVICE, createHealthService(deps.health, deps.services, streams));
  if (settings.isReflectionOn) addReflection(grpc, deps.services, streams);
  const port = await SharedPort.listen({
    host: settings.host,
    port: settings.port,
    source: deps.connections,
    tls,
    firstBytesTimeoutMs: FIRST_BYTES_TIMEOUT_MS,
    maxConnections: settings.maxConnections,
    onHttp2: (socket) => grpc.accept(socket),
    onHttp1: (socket) => http.accept(socket),
    onFault: (reason) => faults.inc({ reason }),
  });
  registerPortMetrics(port, deps);
  return { port: port.port, drain: (signal) => drainFront(port, grpc, http, streams, signal) };
}

function connectionFaults(metrics: Registry): Counter<"reason"> {
  return new Counter({
    name: "ofs_connection_faults_total",
    help: "Connections that ended early: silent, reset, tls (handshake), too-many (MAX_CONNECTIONS); with GRPC_TRANSPORT=front also protocol, flood, handshake, keepalive, stalled-write, internal.",
    labelNames: ["reason"],
    registers: [metrics],
  });
}

/** Over TLS, HTTP clients that know HTTP/2 choose it: either server passes their requests on. */
function createRpcServer(
  { transport }: FrontSettings,
  { grpcRoutes, queue }: FrontDeps,
  http: HttpServer,
  faults: Counter<"reason">,
  options: RpcServerOptions,
): RpcServer {
  if (transport === "front") {
    return new FrontServer(grpcRoutes, {
      ...options,
      queue,
      plain: (head) => http.plainAnswer(head),
      onConnectionFault: (reason) => faults.inc({ reason }),
    });
  }
  const shed = shedStreams(queue);
  return new GrpcServer(grpcRoutes, {
    ...options,
    takeOver: (...stream) => http.acceptStream(...stream) || shed(...stream),
  });
}

function registerPortMetrics(port: SharedPort, deps: FrontDeps): void {
  new Counter({
    name: "ofs_overload_refused_total",
    help: "Calls that were refused because the process was overloaded (OVERLOAD_QUEUE_MS).",
    registers: [deps.metrics],
    collect() {
      this.reset();
      this.inc(deps.queue.refusedCount);
    },
  });
  new Gauge({
    name: "ofs_overload_waiting",
    help: "Calls that wait for their turn because the process has no idle time.",
    registers: [deps.metrics],
    collect() {
      this.set(deps.queue.length);
    },
  });
  new Gauge({
    name: "ofs_connections",
    help: "Open connections.",
    registers: [deps.metrics],
    collect() {
      this.set(port.connectionCount);
    },
  });
}

function drainFront(
  port: SharedPort,
  grpc: RpcServer,
  http: HttpServer,
  streams: OpenStreams,
  signal: AbortSignal,
): Promise<boolean> {
  return endWithin(endConnections(port, grpc, http, streams), signal, () => {
    grpc.destroy();
    http.destroy();
    port.destroy();
  });
}

/** Resolves when the last connection is gone. */
async function endConnections(
  port: SharedPort,
  grpc: RpcServer,
  http: HttpServer,
  streams: OpenStreams,
): Promise<void> {
  const handedOn = port.stopAccepting();
  streams.close();
  const httpDrained = http.drain();
  // GOAWAY only now: it must reach the connections, too, whose first bytes have just arrived.
  await handedOn;
  await Promise.all([grpc.drain(), httpDrained, port.whenClosed()]);
}

/** @throws if a file cannot be read */
export async function readTls(files: TlsFiles | undefined): Promise<TlsMaterial | undefined> {
  if (files === undefined) return undefined;
  const { certFile, keyFile, clientCaFile } = files;
  return {
    cert: await readFile(certFile),
    key: await readFile(keyFile),
    clientCa: clientCaFile === undefined ? undefined : await readFile(clientCaFile),
  };
}
