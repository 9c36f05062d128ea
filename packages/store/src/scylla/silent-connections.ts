import { createRequire } from "node:module";

/*
 * The driver gives a connection up once a number of its statements have had no answer in their time. To it that is a connection
 * whose other end is gone. It is also a node that is slower than it is asked, or callers in a hurry: then all connections go within
 * moments, the node counts as down for a second and more, and what it was about to answer is lost. So here a connection must
 * have answered nothing for a while, and no number is needed: few are asked where calls end late. Bytes are no answers: after broken ones a connection may take all that come for the rest
 * of a frame. It uses parts of the driver that it does not publish, as they are in 4.10.
 */

/** Without an answer, from one late statement to another: longer than a node stops for its garbage. */
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
  checkHealth(this: HostPrototype, connection: WatchedConnection): void;
  removeFromPool(connection: WatchedConnection): void;
}

/** How many answers there had been when a late statement was first seen, and when that was. */
interface Silence {
  readonly answerCount: number;
  readonly sinceMs: number;
}

let isDone = false;

/** For all connections of this process. @throws {Error} if the driver has changed */
export function keepSlowConnections(): void {
  if (isDone) return;
  countAnswers();
  const silences = new Silences();
  hostPrototype().checkHealth = function (connection) {
    if (silences.isSilent(connection, performance.now())) this.removeFromPool(connection);
  };
  isDone = true;
}

/** One more answer has come over a connection. */
export function noteAnswer(connection: WatchedConnection): void {
  connection[ANSWER_COUNT] = (connection[ANSWER_COUNT] ?? 0) + 1;
}

/** How long connections have been silent. */
export class Silences {
  readonly #silences = new WeakMap<WatchedConnection, Silence>();

  /** Asked whenever a statement had no answer in its time. @returns whether none has had one since long before */
  isSilent(connection: WatchedConnection, nowMs: number): boolean {
    const answerCount = connection[ANSWER_COUNT] ?? 0;
    const silence = this.#silences.get(connection);
    if (silence?.answerCount === answerCount) return nowMs - silence.sinceMs >= SILENCE_MS;
    this.#silences.set(connection, { answerCount, sinceMs: nowMs });
    return false;
  }
}

function countAnswers(): void {
  const prototype = prototypeOf<ConnectionPrototype>("connection.js", undefined, "handleResult");
  const { handleResult } = prototype;
  prototype.handleResult = function (header, ...result) {
    if (this._operations.has(header.streamId)) noteAnswer(this);
    handleResult.call(this, header, ...result);
  };
}

function hostPrototype(): HostPrototype {
  return prototypeOf("host.js", "Host", "checkHealth", "removeFromPool");
}

/** @param name of the class in its file; none = the file is the class */
function prototypeOf<T>(file: string, name: string | undefined, ...methods: string[]): T {
  const exported: unknown = createRequire(import.meta.url)(`cassandra-driver/lib/${file}`);
  const found = name === undefined ? exported : (exported as Record<string, unknown>)[name];
  const { prototype } = (found ?? {}) as { prototype?: Record<string, unknown> };
  if (!methods.every((method) => typeof prototype?.[method] === "function")) {
    throw new Error(`cassandra-driver has another ${file} than 4.10`);
  }
  return prototype as T;
}
