import { readFileSync } from "node:fs";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import type { Logger } from "@ofs/platform";
import {
  type ISocketFactory,
  type KafkaConfig,
  type LogEntry,
  logLevel,
  type SASLOptions,
} from "kafkajs";
import {
  CONNECT_TIMEOUT_MS,
  type KafkaConnection,
  type KafkaSasl,
  REQUEST_TIMEOUT_MS,
} from "./options.ts";

const KEEP_ALIVE_MS = 60_000;

/**
 * What kafkajs is configured with. Its own retries are off: they end after a while and then give up, ours do not.
 *
 * @throws {Error} if a file of the TLS settings cannot be read
 */
export function clientConfig(connection: KafkaConnection, sockets: SocketSet): KafkaConfig {
  const { sasl, tls, log } = connection;
  return {
    brokers: [...connection.brokers],
    clientId: connection.clientId,
    connectionTimeout: connection.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    authenticationTimeout: connection.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    requestTimeout: connection.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
    retry: { retries: 0 },
    socketFactory: sockets.factory,
    // Every message below an error is routine; errors reach callers as well, so they are only details here.
    logLevel: log === undefined ? logLevel.NOTHING : logLevel.ERROR,
    logCreator: () => (entry) => logEntry(log, entry),
    ...(sasl !== undefined && { sasl: saslOptions(sasl) }),
    ...(tls !== undefined && { ssl: tlsOptions(tls) }),
  };
}

/** One end of a broker's connections. */
export interface SocketAddress {
  readonly host: string;
  readonly port: number;
}

/** Remembers a client's sockets, because kafkajs waits for answers before it closes any. */
export class SocketSet {
  readonly #sockets = new Map<Socket, SocketAddress>();

  readonly factory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    const socket = ssl
      ? connectTls({ host, port, ...(isIP(host) === 0 && { servername: host }), ...ssl }, onConnect)
      : connectTcp({ host, port }, onConnect);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    this.#sockets.set(socket, { host, port });
    socket.once("close", () => {
      this.#sockets.delete(socket);
    });
    return socket;
  };

  /**
   * Ends connections at once; requests that are under way fail with this reason.
   *
   * @param to only those to this broker; left out: all
   */
  destroy(reason: string, to?: SocketAddress): void {
    for (const [socket, { host, port }] of this.#sockets) {
      if (to === undefined || (to.host === host && to.port === port)) {
        socket.destroy(new Error(reason));
      }
    }
  }
}

function saslOptions({ mechanism, username, password }: KafkaSasl): SASLOptions {
  const name = mechanism.toLowerCase() as "plain" | "scram-sha-256" | "scram-sha-512";
  return { mechanism: name, username, password };
}

function tlsOptions(tls: NonNullable<KafkaConnection["tls"]>): ConnectionOptions {
  const { caFile, certFile, keyFile, serverName } = tls;
  return {
    ...(caFile !== undefined && { ca: readFileSync(caFile) }),
    ...(certFile !== undefined && { cert: readFileSync(certFile) }),
    ...(keyFile !== undefined && { key: readFileSync(keyFile) }),
    ...(serverName !== undefined && { servername: serverName }),
  };
}

function logEntry(log: Logger | undefined, { namespace, log: details }: LogEntry): void {
  const { message, broker, clientId, error } = details;
  log?.debug({ namespace, broker, clientId, error, detail: message }, "kafka client");
}
