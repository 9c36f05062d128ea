import { setTimeout as delay } from "node:timers/promises";
import type { SeededRandom } from "@ofs/testkit";
import { DEFAULT_WINDOW_BYTES, grpcMessage, headersFrames } from "../support/frames.ts";
import { type Header, HpackWriter } from "../support/hpack.ts";
import { SERVICE } from "../support/proof-routes.ts";
import { RawPeer, type StreamOutcome } from "../support/raw-peer.ts";

/** One client's life on one connection: it comes, calls, and leaves. */
export type Visit = (port: number, random: SeededRandom, tally: Tally) => Promise<void>;

/** What was asked and what came of it. */
export interface Tally {
  calls: number;
  answered: number;
  late: number;
  cancelled: number;
  /** Answers that were neither of these. */
  readonly faults: string[];
}

const VISIT_CALLS = 30;
const PATIENCE_MS = 20_000;

/** A client that makes calls one after another or side by side. */
class Visitor {
  readonly peer: RawPeer;
  readonly #writer = new HpackWriter();
  readonly #timer: NodeJS.Timeout;
  #nextId = 1;

  constructor(port: number, windowBytes?: number) {
    this.peer = new RawPeer(port, windowBytes === undefined ? {} : { windowBytes });
    this.#timer = setTimeout(() => this.peer.close(), PATIENCE_MS);
  }

  /** @returns its stream, and what will come of it */
  begin(method: string, message: Buffer, more: readonly Header[] = []) {
    const id = this.#nextId;
    this.#nextId += 2;
    const outcome = this.peer.expect(id);
    const headers: Header[] = [
      [":method", "POST"],
      [":scheme", "http"],
      [":path", `${SERVICE}/${method}`],
      [":authority", "soak"],
      ["content-type", "application/grpc"],
      ["te", "trailers"],
      ...more,
    ];
    this.peer.send(headersFrames(id, this.#writer.block(headers, "indexed"), { isLast: false }));
    const frame = grpcMessage(message);
    const pieceBytes = 16_000;
    for (let at = 0; at < frame.length; at += pieceBytes) {
      const isLast = at + pieceBytes >= frame.length;
      this.peer.data(id, frame.subarray(at, at + pieceBytes), isLast);
    }
    return { id, outcome };
  }

  /** @param tally gets what the server did against the rules of HTTP/2 */
  leave(tally: Tally): void {
    tally.faults.push(...this.peer.violations);
    clearTimeout(this.#timer);
    this.peer.close();
  }
}

function note(tally: Tally, wanted: string, { blocks, body }: StreamOutcome, size?: number): void {
  const status = new Map(blocks.flat()).get("grpc-status");
  tally.calls += 1;
  if (status !== wanted) tally.faults.push(`status ${status} instead of ${wanted}`);
  else if (status === "4") tally.late += 1;
  else if (size !== undefined && body.length !== size + 5) {
    tally.faults.push(`${body.length} bytes instead of ${size + 5}`);
  } else tally.answered += 1;
}

/** Many calls begun, and all taken back: before, in and after their bodies. */
const cancellationStorm: Visit = async (port, random, tally) => {
  const visitor = new Visitor(port);
  for (let i = 0; i < VISIT_CALLS; i++) {
    const method = random.pick(["Hang", "Later", "Sized"]);
    const message =
      method === "Sized" ? Buffer.from("300000") : Buffer.alloc(random.integer(0, 40_000));
    const { id } = visitor.begin(method, message);
    if (random.next() < 0.5) await delay(random.integer(0, 4));
    visitor.peer.reset(id);
    tally.calls += 1;
    tally.cancelled += 1;
  }
  note(tally, "0", await visitor.begin("Echo", Buffer.from("still here?")).outcome);
  visitor.leave(tally);
};

/** Connections that end in the middle of their calls. */
const churn: Visit = async (port, random, tally) => {
  const visitor = new Visitor(port);
  const size = random.integer(0, 3_000);
  note(tally, "0", await visitor.begin("Later", Buffer.alloc(size)).outcome, size);
  for (let i = 0; i < random.integer(0, 5); i++) {
    visitor.begin(random.pick(["Hang", "Sized", "Echo"]), Buffer.from("200000"));
  }
  if (random.next() < 0.5) await delay(random.integer(0, 5));
  visitor.leave(tally);
};

/** Calls that nobody answers in time, and calls that are answered. */
const deadlines: Visit = async (port, random, tally) => {
  const visitor = new Visitor(port);
  const outcomes = Array.from({ length: VISIT_CALLS }, async (_, i) => {
    const timeout: Header = ["grpc-timeout", `${random.integer(1, 60)}m`];
    if (i % 2 === 0)
      note(tally, "4", await visitor.begin("Hang", Buffer.alloc(100), [timeout]).outcome);
    else {
      const far: Header = ["grpc-timeout", "20S"];
      note(tally, "0", await visitor.begin("Later", Buffer.alloc(100), [far]).outcome, 100);
    }
  });
  await Promise.all(outcomes);
  visitor.leave(tally);
};

/** Large answers over small windows, and a reader that stops for a while. */
const slowReader: Visit = async (port, random, tally) => {
  const visitor = new Visitor(port, random.pick([1_000, 10_000, DEFAULT_WINDOW_BYTES]));
  const sizes = Array.from({ length: 4 }, () => random.integer(0, 300_000));
  const outcomes = sizes.map((size) => visitor.begin("Sized", Buffer.from(String(size))).outcome);
  visitor.peer.pause();
  await delay(random.integer(5, 60));
  visitor.peer.resume();
  for (const [i, outcome] of (await Promise.all(outcomes)).entries()) {
    note(tally, "0", outcome, sizes[i]);
  }
  visitor.leave(tally);
};

/** Good calls with large messages both ways. */
const largeMessages: Visit = async (port, random, tally) => {
  const visitor = new Visitor(port);
  for (let i = 0; i < 4; i++) {
    const size = random.integer(0, 1_000_000);
    note(tally, "0", await visitor.begin("Echo", Buffer.alloc(size)).outcome, size);
  }
  visitor.leave(tally);
};

export const VISITS: readonly Visit[] = [
  cancellationStorm,
  churn,
  churn,
  deadlines,
  slowReader,
  largeMessages,
];
