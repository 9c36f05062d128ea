import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom } from "@ofs/testkit";
import { ModelMismatch } from "../../../services/api-server/test/model/call-checks.ts";
import { LaneSteps } from "../../../services/api-server/test/model/random-steps.ts";
import {
  describeStep,
  type StepRunner,
} from "../../../services/api-server/test/model/run-steps.ts";
import type { NumberedStep } from "../../../services/api-server/test/model/steps.ts";
import type { Point } from "./statistics.ts";

const LANE_COUNT = 48;
const TICK_MS = 5;
/** Reports kept of what went wrong; the rest is counted. */
const REPORTS_MAX = 10;

/**
 * Sends steps at a steady rate, whatever the answers take. Steps of one lane follow each other, because the model must
 * know their order; a step for which no lane is free waits, and the waiting counts as latency.
 */
export class SoakLoad {
  readonly latenciesMs: Record<"read" | "write", Point[]> = { read: [], write: [] };
  readonly reports: string[] = [];
  stepCount = 0;
  wrongValueCount = 0;
  errorCount = 0;
  readonly #runner: StepRunner;
  readonly #perSecond: number;
  readonly #seed: number;
  /** Nobody else's keys on a shared cache. */
  readonly #keyPrefix = `${randomUUID().slice(0, 8)}-`;
  readonly #startedAt = performance.now();
  readonly #freeLanes: number[] = Array.from({ length: LANE_COUNT }, (_, lane) => lane);
  #lanes: readonly LaneSteps[] = [];
  #inFlight = new Set<Promise<void>>();
  #phase = 0;

  constructor(runner: StepRunner, perSecond: number, seed: number) {
    this.#runner = runner;
    this.#perSecond = perSecond;
    this.#seed = seed;
  }

  /** @returns when the time is over and all answers are there: then the schema may change */
  async runFor(ms: number): Promise<void> {
    this.#phase += 1;
    this.#lanes = Array.from({ length: LANE_COUNT }, (_, lane) => {
      const random = seededRandom(this.#seed + this.#phase * LANE_COUNT + lane);
      return new LaneSteps(random, this.#runner.schema, `${this.#keyPrefix}lane${lane}-`);
    });
    const startedAt = performance.now();
    const total = Math.floor((ms / 1000) * this.#perSecond);
    for (let sent = 0; sent < total; ) {
      const due = Math.min(total, ((performance.now() - startedAt) / 1000) * this.#perSecond);
      while (sent < due && this.#freeLanes.length > 0) {
        this.#start(startedAt + (sent / this.#perSecond) * 1000);
        sent += 1;
      }
      await sleep(TICK_MS);
    }
    await Promise.all(this.#inFlight);
  }

  #start(dueAt: number): void {
    const lane = this.#freeLanes.shift() as number;
    this.stepCount += 1;
    const number = this.stepCount;
    const step: NumberedStep = { number, step: (this.#lanes[lane] as LaneSteps).next() };
    const call = this.#run(step, lane, dueAt).finally(() => {
      this.#freeLanes.push(lane);
      this.#inFlight.delete(call);
    });
    this.#inFlight.add(call);
  }

  async #run(numbered: NumberedStep, lane: number, dueAt: number): Promise<void> {
    const failure = await this.#runner.runCalls([numbered], lane);
    const { kind } = numbered.step;
    const answeredAt = performance.now();
    if (failure === undefined) {
      if (kind !== "read" && kind !== "write") return;
      const seconds = (answeredAt - this.#startedAt) / 1000;
      this.latenciesMs[kind].push({ seconds, value: answeredAt - dueAt });
      return;
    }
    if (failure.error instanceof ModelMismatch) this.wrongValueCount += 1;
    else this.errorCount += 1;
    if (this.reports.length < REPORTS_MAX) {
      this.reports.push(`${String(failure.error)}\n${describeStep(numbered)}`);
    }
  }
}
