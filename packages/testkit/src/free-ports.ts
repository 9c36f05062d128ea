import { once } from "node:events";
import { connect, createServer } from "node:net";

/**
 * Ports are drawn from below the range that systems use for outgoing connections (from 32768 on
 * Linux, 49152 elsewhere), so that no passing connection takes one before its server listens.
 */
const FIRST_PORT = 10_000;
const LAST_PORT = 31_999;
const PORT_MAX = 65_535;
const ATTEMPTS = 200;
const CONNECT_TIMEOUT_MS = 1000;

/** A TCP port of 127.0.0.1 that nobody listens on, for servers that cannot take port 0. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port as number;
}

/**
 * `count` different free ports of 127.0.0.1.
 *
 * @param offsets further ports each one needs, as distances: `[10_000]` for a Redis cluster node
 * @throws {Error} when 200 draws did not find them
 */
export async function freePorts(count: number, offsets: readonly number[] = []): Promise<number[]> {
  const found = new Set<number>();
  for (let attempt = 0; attempt < ATTEMPTS && found.size < count; attempt += 1) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT + 1));
    const wanted = [port, ...offsets.map((offset) => port + offset)];
    if ((await Promise.all(wanted.map(isFree))).every(Boolean)) found.add(port);
  }
  if (found.size < count) throw new Error(`found only ${found.size} of ${count} free ports`);
  return [...found];
}

async function isFree(port: number): Promise<boolean> {
  if (port > PORT_MAX) return false;
  const server = createServer();
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
    return true;
  } catch {
    return false; // whatever the reason, this port is of no use
  } finally {
    server.close();
  }
}

/** True when something accepts TCP connections there. */
export function acceptsConnections(port: number, host = "127.0.0.1"): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: CONNECT_TIMEOUT_MS });
    const finish = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => finish(true));
    socket.once("timeout", () => finish(false));
    socket.once("error", () => finish(false));
  });
}

/** `127.0.0.1:port`. */
export function localAddress(port: number): string {
  return `127.0.0.1:${port}`;
}
