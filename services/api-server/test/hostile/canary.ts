import { setTimeout as delay } from "node:timers/promises";
import type { persist } from "@ofs/proto";
import { queryOf, ScenarioClient, writeOf } from "../scenarios/scenario-client.ts";
import { CANARY, FEATURES } from "./hostile-tree.ts";

const KEY_COUNT = 8;
const PAUSE_MS = 10;
/** No single call may take longer, on a machine that is busy with the attack itself. */
const SLOWEST_MS = 10_000;
/** Nor may more than one in twenty take longer than this. */
const P95_MS = 1_000;

export interface CanaryReport {
  readonly readCount: number;
  readonly writeCount: number;
  readonly p95Ms: number;
  readonly slowestMs: number;
}

/**
 * An ordinary caller beside the attack: writes a number, reads it back, over and over, with a value check and a
 * health check each time. The first thing that goes wrong ends it, and `stop` throws it.
 */
export class Canary {
  readonly #address: string;
  readonly #client: ScenarioClient;
  readonly #latenciesMs: number[] = [];
  readonly #running: Promise<void>;
  #isStopped = false;
  #failure: unknown;
  #readCount = 0;
  #writeCount = 0;

  private constructor(address: string) {
    this.#address = address;
    this.#client = new ScenarioClient(address);
    this.#running = this.#run().catch((error: unknown) => {
      this.#failure = error;
    });
  }

  static start(address: string): Canary {
    return new Canary(address);
  }

  /** Throws what has gone wrong so far. */
  assertWell(): void {
    if (this.#failure !== undefined) throw new Error("the canary died", { cause: this.#failure });
  }

  /** @throws {Error} if a call failed, answered wrongly or took too long */
  async stop(): Promise<CanaryReport> {
    this.#isStopped = true;
    await this.#running;
    this.#client.close();
    this.assertWell();
    const sorted = this.#latenciesMs.toSorted((a, b) => a - b);
    const report = {
      readCount: this.#readCount,
      writeCount: this.#writeCount,
      p95Ms: sorted[Math.floor(sorted.length * 0.95)] ?? 0,
      slowestMs: sorted.at(-1) ?? 0,
    };
    if (report.readCount < 5) throw new Error(`the canary read only ${report.readCount} times`);
    if (report.p95Ms > P95_MS || report.slowestMs > SLOWEST_MS) {
      throw new Error(`the canary was served too slowly: ${JSON.stringify(report)}`);
    }
    return report;
  }

  async #run(): Promise<void> {
    for (let round = 1; !this.#isStopped; round++) {
      const key = [`c${round % KEY_COUNT}`];
      await this.#timed(() => this.#client.persist(writeRow(key, round)));
      this.#writeCount += 1;
      await this.#timed(() => this.#readBack(key, round));
      this.#readCount += 1;
      await this.#timed(() => this.#checkHealth());
      await delay(PAUSE_MS);
    }
  }

  async #readBack(key: string[], round: number): Promise<void> {
    const { rows } = await this.#client.retrieve(queryOf(CANARY, ["id"], FEATURES, [key]));
    const seen = (rows[0]?.columns ?? []).map((column) => Buffer.from(column).toString("hex"));
    const wanted = columnsOf(round);
    if (seen.join() !== wanted.join()) {
      throw new Error(
        `canary ${key.join()} has ${seen.join()}, round ${round} wrote ${wanted.join()}`,
      );
    }
  }

  async #checkHealth(): Promise<void> {
    const response = await fetch(`http://${this.#address}/health/self`, {
      signal: AbortSignal.timeout(SLOWEST_MS),
    });
    if ((await response.text()) !== '{"message":"true"}')
      throw new Error("the health check failed");
  }

  async #timed(call: () => Promise<unknown>): Promise<void> {
    const startedMs = performance.now();
    await call();
    this.#latenciesMs.push(performance.now() - startedMs);
  }
}

/** A write of all groups, every value told by `round`. */
export function writeRow(key: string[], round: number, entity = CANARY): persist.IQuery {
  return writeOf(entity, ["id"], FEATURES, [
    key,
    { int32Values: [round, -round] },
    { fp32Values: [round, 0.5] },
    { stringValues: [`round ${round}`, "日本"] },
    { vector: [{ values: { fp32Values: [round, 1, -2] } }] },
    { boolValues: [round % 2 === 1] },
  ]);
}

/** What a read of all features answers after that, in hex. */
export function columnsOf(round: number): string[] {
  const ints = Buffer.alloc(8);
  ints.writeInt32LE(round, 0);
  ints.writeInt32LE(-round, 4);
  const floats = Buffer.from(new Float32Array([round, 0.5, round, 1, -2]).buffer).toString("hex");
  return [
    ints.toString("hex", 0, 4),
    ints.toString("hex", 4),
    floats.slice(0, 8),
    floats.slice(8, 16),
    Buffer.from(`round ${round}`).toString("hex"),
    Buffer.from("日本").toString("hex"),
    floats.slice(16),
    round % 2 === 1 ? "01" : "00",
  ];
}
