import { setTimeout as delay } from "node:timers/promises";
import { grpcMessage, headersFrames } from "./frames.ts";
import { HpackWriter } from "./hpack.ts";
import { SERVICE } from "./proof-routes.ts";
import { RawPeer } from "./raw-peer.ts";

const PAUSE_MS = 5;
/** No single call may take longer, on a machine that is busy with the attack itself. */
const SLOWEST_MS = 5_000;
const CALLS_PER_CONNECTION = 200;

export interface CanaryReport {
  readonly callCount: number;
  readonly p95Ms: number;
  readonly slowestMs: number;
}

/** An ordinary caller beside an attack. The first thing that goes wrong ends it, and `stop` throws it. */
export class Canary {
  readonly #port: number;
  readonly #running: Promise<void>;
  readonly #latenciesMs: number[] = [];
  #isStopped = false;
  #failure: unknown;

  private constructor(port: number) {
    this.#port = port;
    this.#running = this.#run().catch((error: unknown) => {
      this.#failure = error;
    });
  }

  static start(port: number): Canary {
    return new Canary(port);
  }

  /** Throws what has gone wrong so far. */
  assertWell(): void {
    if (this.#failure !== undefined) throw new Error("the canary died", { cause: this.#failure });
  }

  /** @throws {Error} if a call failed, was answered wrongly or took too long */
  async stop(): Promise<CanaryReport> {
    this.#isStopped = true;
    await this.#running;
    this.assertWell();
    const sorted = this.#latenciesMs.toSorted((a, b) => a - b);
    if (sorted.length === 0) throw new Error("the canary has made no call");
    return {
      callCount: sorted.length,
      p95Ms: sorted[Math.floor(sorted.length * 0.95)] as number,
      slowestMs: sorted.at(-1) as number,
    };
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      const peer = new RawPeer(this.#port);
      try {
        const writer = new HpackWriter();
        for (let i = 0; i < CALLS_PER_CONNECTION && !this.#isStopped; i++) {
          await this.#call(peer, writer, i);
          await delay(PAUSE_MS);
        }
        if (peer.violations.length > 0) throw new Error(peer.violations.join("; "));
      } finally {
        peer.close();
      }
    }
  }

  async #call(peer: RawPeer, writer: HpackWriter, number: number): Promise<void> {
    const startedMs = performance.now();
    const timer = setTimeout(() => peer.close(), SLOWEST_MS);
    const id = number * 2 + 1;
    const message = grpcMessage(Buffer.alloc(number * 40, number));
    const answer = peer.expect(id);
    const block = writer.block(
      [
        [":method", "POST"],
        [":scheme", "http"],
        [":path", `${SERVICE}/${number % 2 === 0 ? "Echo" : "Later"}`],
        [":authority", "canary"],
        ["content-type", "application/grpc"],
        ["te", "trailers"],
      ],
      "indexed",
    );
    peer.send(headersFrames(id, block, { isLast: false }));
    peer.data(id, message, true);
    const { body, blocks, resetCode } = await answer;
    clearTimeout(timer);
    const tookMs = performance.now() - startedMs;
    const status = new Map(blocks.flat()).get("grpc-status");
    if (status !== "0" || !body.equals(message)) {
      const seen = `status ${status}, reset ${resetCode}, ${body.length} bytes`;
      throw new Error(`call ${number}: ${seen}, closed ${peer.isClosed}, after ${tookMs} ms`);
    }
    this.#latenciesMs.push(tookMs);
  }
}
