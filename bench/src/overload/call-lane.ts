import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from "node:http2";
import type { LoadPlan, Slice } from "./load-plan.ts";

/** One call from its arrival to its end. */
export interface Call {
  readonly slice: Slice;
  readonly arrivedAtMs: number;
  readonly body: Uint8Array;
  sentAtMs: number;
  stream: ClientHttp2Stream | undefined;
  isOver: boolean;
}

/** gRPC's codes as text; `late` and `unsent` are this client's own. */
export type CallEnd = string;

/**
 * One connection of a well-behaved client: no more calls at once than the server allows, the others wait here; the
 * time that is left goes along with each call, and a call past its deadline is reset.
 */
export class CallLane {
  readonly #plan: LoadPlan;
  readonly #onEnd: (call: Call, end: CallEnd) => void;
  readonly #session: ClientHttp2Session;
  #waiting: Call[] = [];
  #next = 0;
  #openCount = 0;
  /** None before the server has told its limit. */
  #maxOpen = 0;

  constructor(plan: LoadPlan, onEnd: (call: Call, end: CallEnd) => void) {
    this.#plan = plan;
    this.#onEnd = onEnd;
    this.#session = connect(`http://${plan.address}`, { settings: { initialWindowSize: 1 << 20 } });
    this.#session.once("connect", () => this.#session.setLocalWindowSize(4 << 20));
    this.#session.on("remoteSettings", ({ maxConcurrentStreams = Number.POSITIVE_INFINITY }) => {
      this.#maxOpen = maxConcurrentStreams;
      this.#sendWaiting();
    });
  }

  add(call: Call): void {
    this.#waiting.push(call);
    this.#sendWaiting();
  }

  /** The call's deadline has passed. */
  expire(call: Call): void {
    if (call.isOver) return;
    const end = call.stream === undefined ? "unsent" : "late";
    this.#finish(call, end);
    call.stream?.close(constants.NGHTTP2_CANCEL);
  }

  close(): void {
    this.#session.destroy();
  }

  #sendWaiting(): void {
    while (this.#openCount < this.#maxOpen) {
      const call = this.#waiting[this.#next];
      if (call === undefined) {
        this.#waiting = [];
        this.#next = 0;
        return;
      }
      this.#next += 1;
      if (!call.isOver) this.#send(call);
    }
  }

  #send(call: Call): void {
    const { deadlineMs, headers, method } = this.#plan;
    call.sentAtMs = performance.now();
    const leftMs = Math.max(1, Math.ceil(call.arrivedAtMs + deadlineMs - call.sentAtMs));
    const stream = this.#session.request({
      ":method": "POST",
      ":path": method,
      "content-type": "application/grpc",
      te: "trailers",
      "grpc-timeout": `${leftMs}m`,
      ...headers,
    });
    call.stream = stream;
    this.#openCount += 1;
    let status = "";
    const note = (answer: Record<string, unknown>): void => {
      status = String(answer["grpc-status"] ?? status);
    };
    stream.on("response", note);
    stream.on("trailers", note);
    stream.on("error", ignore);
    stream.on("close", () => {
      this.#openCount -= 1;
      this.#finish(call, status === "" ? statusOfReset(stream.rstCode) : status);
      this.#sendWaiting();
    });
    stream.resume();
    stream.end(call.body);
  }

  #finish(call: Call, end: CallEnd): void {
    if (call.isOver) return;
    call.isOver = true;
    this.#onEnd(call, end);
  }
}

/** As gRPC maps what it tells apart. */
function statusOfReset(code: number): CallEnd {
  return code === constants.NGHTTP2_ENHANCE_YOUR_CALM ? "8" : `reset ${code}`;
}

/** "close" follows, with the reset's code. */
function ignore(): void {
  // Without a listener the error would end the process.
}
