import { HostileConnection, type StreamAnswer } from "./hostile-connection.ts";

/** An answer must be there, or the call ended, within this. */
const ANSWER_WITHIN_MS = 15_000;

/** Calls on one connection before it is replaced. */
const CALLS_PER_CONNECTION = 2_000;

/** One call, as bytes: nothing about it needs to be right. */
export interface HostileCall {
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** Sent as separate DATA frames. */
  readonly chunks: readonly Buffer[];
  /** `reset`: the call is cut after its last chunk; `open`: its last chunk is not the end. */
  readonly ending: "end" | "reset" | "open";
}

export interface GrpcOutcome {
  /** grpc-status; undefined if the call was cut before one came. */
  readonly code: number | undefined;
  readonly message: string;
  readonly httpStatus: number | undefined;
  /** Bytes of the answer, without the prefix. */
  readonly body: Buffer;
}

/** Sends calls over one HTTP/2 connection at a time. */
export class GrpcAttacker {
  readonly #port: number;
  #connection: HostileConnection | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  /** @throws {Error} if the call is neither answered nor ended in time */
  async call({ headers, chunks, ending }: HostileCall): Promise<GrpcOutcome> {
    const connection = this.#open();
    const { id, answer } = connection.open(listOf(headers), chunks, ending === "end");
    if (ending === "reset") setImmediate(() => connection.reset(id));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = new Error(`no answer within ${ANSWER_WITHIN_MS} ms`);
      timer = setTimeout(() => reject(error), ANSWER_WITHIN_MS);
    });
    try {
      return outcomeOf(await Promise.race([answer, late]));
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#connection?.close();
  }

  #open(): HostileConnection {
    const current = this.#connection;
    const isFit = current !== undefined && !current.isClosed;
    if (isFit && current.callCount < CALLS_PER_CONNECTION) return current;
    // Calls of other lanes may be under way on the old one: it goes when the server or the test ends it.
    if (isFit) setTimeout(() => current.close(), ANSWER_WITHIN_MS).unref();
    this.#connection = new HostileConnection(this.#port);
    return this.#connection;
  }
}

function listOf(headers: HostileCall["headers"]): (readonly [string, string])[] {
  const all = Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().map((text) => [name, text as string] as const),
  );
  return all.toSorted(([a], [b]) => Number(b.startsWith(":")) - Number(a.startsWith(":")));
}

function outcomeOf({ headers, body }: StreamAnswer): GrpcOutcome {
  const status = headers.get("grpc-status");
  const httpStatus = headers.get(":status");
  return {
    code: status === undefined ? undefined : Number(status),
    message: decodeURI(headers.get("grpc-message") ?? ""),
    httpStatus: httpStatus === undefined ? undefined : Number(httpStatus),
    body: body.subarray(5),
  };
}
