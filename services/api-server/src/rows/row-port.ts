import type { Logger } from "@ofs/platform";
import { Counter, Gauge, type Registry } from "prom-client";
import { type HttpRoutes, HttpServer } from "../http/http-server.ts";
import { endWithin } from "../transport/end-within.ts";
import { type ConnectionSource, SharedPort, type TlsMaterial } from "../transport/shared-port.ts";
import { rowErrorReply } from "./row-replies.ts";

/** For a connection's first bytes, and for its TLS handshake. */
const FIRST_BYTES_TIMEOUT_MS = 10_000;

export interface RowPortOptions {
  /** Interface to listen on; undefined = all. */
  readonly host: string | undefined;
  /** 0 = any free port. */
  readonly port: number;
  readonly tls: TlsMaterial | undefined;
  readonly maxConnections: number;
  readonly routes: HttpRoutes;
  /** In place of listening. */
  readonly connections: ConnectionSource | undefined;
  readonly metrics: Registry;
  readonly log: Logger;
}

/** Where clients of the row dialect connect: HTTP/1.1. */
export interface RowPort {
  readonly port: number;
  /**
   * Accepts no more and answers the calls in flight.
   *
   * @param signal ends the waiting: connections that are left are cut
   * @returns whether every call was answered
   */
  drain(signal: AbortSignal): Promise<boolean>;
}

/** @throws if the port cannot be had */
export async function openRowPort(options: RowPortOptions): Promise<RowPort> {
  const { host, port, tls, maxConnections, routes, connections, metrics, log } = options;
  const http = new HttpServer(routes, { log, errorReply: rowErrorReply });
  const registers = [metrics];
  const faults = new Counter({
    name: "ofs_row_connection_faults_total",
    help: "Connections to the row port that ended early: silent, reset, tls (handshake), too-many (MAX_CONNECTIONS), http2.",
    labelNames: ["reason"],
    registers,
  });
  const shared = await SharedPort.listen({
    host,
    port,
    source: connections,
    tls,
    protocols: ["http/1.1"],
    firstBytesTimeoutMs: FIRST_BYTES_TIMEOUT_MS,
    maxConnections,
    onHttp2(socket) {
      faults.inc({ reason: "http2" });
      socket.destroy();
    },
    onHttp1: (socket) => http.accept(socket),
    onFault: (reason) => faults.inc({ reason }),
  });
  new Gauge({
    name: "ofs_row_connections",
    help: "Open connections to the row port.",
    registers,
    collect() {
      this.set(shared.connectionCount);
    },
  });
  return {
    port: shared.port,
    drain: (signal) =>
      endWithin(endConnections(shared, http), signal, () => {
        http.destroy();
        shared.destroy();
      }),
  };
}

/** Resolves when the last connection is gone. */
async function endConnections(port: SharedPort, http: HttpServer): Promise<void> {
  const handedOn = port.stopAccepting();
  const drained = http.drain();
  await handedOn;
  await Promise.all([drained, port.whenClosed()]);
}
