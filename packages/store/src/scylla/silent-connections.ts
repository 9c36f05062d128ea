import { createRequire } from "node:module";

/*
 * The driver gives a connection up once a number of its statements have had no answer in their time. To it that is a connection
 * whose other end is gone. It is also a node that is slower than it is asked, or callers in a hurry: then all connections go within
 * moments, the node counts as down for a second and more, and what it was about to answer is lost. So here a connection must have
 * been silent, too. It uses parts of the driver that it does not publish, as they are in 4.10.
 */

/** Without a byte, while statements wait: longer than a node stops for its garbage. */
const SILENCE_MS = 2000;

/** What is used of a connection. */
export interface WatchedConnection {
  /** Statements without an answer past their time. One that comes late after all takes one off. */
  readonly timedOutOperations: number;
  readonly netClient: { readonly bytesRead: number };
}

interface Host {
  removeFromPool(connection: WatchedConnection): void;
}

interface HostPrototype extends Host {
  checkHealth(this: Host, connection: WatchedConnection): void;
}

/** What a connection had read when a statement of it was first seen to be late, and when that was. */
interface Silence {
  readonly bytesRead: number;
  readonly sinceMs: number;
}

let isDone = false;

/**
 * For all connections of this process.
 *
 * @param maxUnanswered statements that may be without an answer past their time on a silent connection
 * @throws {Error} if the driver has changed
 */
export function keepSlowConnections(maxUnanswered: number): void {
  if (isDone) return;
  const silences = new Silences();
  hostPrototype().checkHealth = function (connection) {
    const isSilent = silences.isSilent(connection, performance.now());
    if (isSilent && connection.timedOutOperations > maxUnanswered) this.removeFromPool(connection);
  };
  isDone = true;
}

/** How long connections have been silent. */
export class Silences {
  readonly #silences = new WeakMap<WatchedConnection, Silence>();

  /** Asked whenever a statement had no answer in its time. @returns whether nothing came since long before */
  isSilent(connection: WatchedConnection, nowMs: number): boolean {
    const { bytesRead } = connection.netClient;
    const silence = this.#silences.get(connection);
    if (silence?.bytesRead === bytesRead) return nowMs - silence.sinceMs >= SILENCE_MS;
    this.#silences.set(connection, { bytesRead, sinceMs: nowMs });
    return false;
  }
}

function hostPrototype(): HostPrototype {
  const module: unknown = createRequire(import.meta.url)("cassandra-driver/lib/host.js");
  const { Host } = module as { Host?: { prototype: HostPrototype } };
  const { checkHealth, removeFromPool } = Host?.prototype ?? {};
  if (
    Host === undefined ||
    typeof checkHealth !== "function" ||
    typeof removeFromPool !== "function"
  ) {
    throw new Error("cassandra-driver has other hosts than 4.10");
  }
  return Host.prototype;
}
