import { driverPrototype } from "./driver-class.ts";

/*
 * The driver gives a connection up once a number of its statements have had no answer in their time. To it that is a connection
 * whose other end is gone. It is also a node that is slower than it is asked, or callers in a hurry: then all connections go
 * within moments, the node counts as down for a second and more, and what it was about to answer is lost. So here a connection
 * must have answered nothing for a while, and no number is needed: few are asked where calls end late. Bytes are no answers:
 * after broken ones a connection may take all that come for the rest of a frame.
 *
 * All silent connections of a node go at once: one at a time, the others would be asked meanwhile.
 *
 * It uses parts of the driver that it does not publish, as they are in 4.10.
 */

/** Without an answer since a statement was late: longer than a node stops for its garbage. */
const SILENCE_MS = 2000;

/** Answers to statements of a connection so far. */
const ANSWER_COUNT = Symbol("answers");

/** What is used of a connection. */
export interface WatchedConnection {
  [ANSWER_COUNT]?: number;
}

interface ConnectionPrototype {
  handleResult(
    this: WatchedConnection & { readonly _operations: ReadonlyMap<number, unknown> },
    header: { readonly streamId: number },
    ...result: unknown[]
  ): void;
}

interface HostPrototype {
  readonly pool: { readonly connections: readonly WatchedConnection[] };
  checkHealth(this: HostPrototype, connection: WatchedConnection): void;
  removeFromPool(connection: WatchedConnection): void;
}

/** How many answers there had been when a late statement was first seen, and when that was. */
interface Silence {
  readonly answerCount: number;
  readonly sinceMs: number;
}

/** For all connections of this process. @throws {Error} if the driver has changed */
export function keepSlowConnections(): void {
  countAnswers();
  const silences = new Silences();
  const silentOf = ({ pool }: HostPrototype): WatchedConnection[] =>
    pool.connections.filter((each) => silences.isSilent(each, performance.now()));
  const host = driverPrototype<HostPrototype>("host.js", "Host", "checkHealth", "removeFromPool");
  host.checkHealth = function (connection) {
    silences.noteLate(connection, performance.now());
    if (silentOf(this).length === 0) return;
    // A process without a core for a while comes here before it has read what came meanwhile.
    setImmediate(() => {
      for (const each of silentOf(this)) this.removeFromPool(each);
    });
  };
}

/** One more answer has come over a connection. */
export function noteAnswer(connection: WatchedConnection): void {
  connection[ANSWER_COUNT] = (connection[ANSWER_COUNT] ?? 0) + 1;
}

/** How long connections have been silent. */
export class Silences {
  readonly #silences = new WeakMap<WatchedConnection, Silence>();

  /** A statement had no answer in its time. */
  noteLate(connection: WatchedConnection, nowMs: number): void {
    const answerCount = connection[ANSWER_COUNT] ?? 0;
    if (this.#silences.get(connection)?.answerCount === answerCount) return;
    this.#silences.set(connection, { answerCount, sinceMs: nowMs });
  }

  /** Whether a statement was late long ago, and nothing has been answered since, not even that. */
  isSilent(connection: WatchedConnection, nowMs: number): boolean {
    const silence = this.#silences.get(connection);
    if (silence?.answerCount !== (connection[ANSWER_COUNT] ?? 0)) return false;
    return nowMs - silence.sinceMs >= SILENCE_MS;
  }
}

function countAnswers(): void {
  const prototype = driverPrototype<ConnectionPrototype>(
    "connection.js",
    undefined,
    "handleResult",
  );
  const { handleResult } = prototype;
  prototype.handleResult = function (header, ...result) {
    if (this._operations.has(header.streamId)) noteAnswer(this);
    handleResult.call(this, header, ...result);
  };
}
