import { type SeededRandom, seededRandom } from "@ofs/testkit";
import type { ModelSchema } from "@ofs/testkit/model";
import type { AllowedCaches } from "./model-schemas.ts";
import { LaneSteps } from "./random-steps.ts";
import { applyChange, randomChange } from "./schema-changes.ts";
import type { CallStep, NumberedStep, Round, ServerStep } from "./steps.ts";

const LANE_COUNT = 10;
const CALLS_PER_LANE = 24;
/** Of rounds: how often a process is ended in one. */
const RESTART_PROBABILITY = 0.09;
const CHANGES_MAX = 4;
const JUMPS_MS = [900, 1_500, 3_000, 31_000, 3_601_000];

export interface PlanOptions {
  readonly allowed: AllowedCaches;
  readonly processCount: number;
  /** Of all keys: nobody else's on a shared cache. */
  readonly keyPrefix: string;
  /** Steps in all rounds together. */
  readonly stepCount: number;
}

/** Makes the steps of a run, round by round. What they are depends on the seed alone, never on answers. */
export class RoundPlanner {
  readonly #random: SeededRandom;
  readonly #options: PlanOptions;
  #number = 0;

  constructor(random: SeededRandom, options: PlanOptions) {
    this.#random = random;
    this.#options = options;
  }

  get isDone(): boolean {
    return this.#number >= this.#options.stepCount;
  }

  /** @param schema that holds before the round */
  next(schema: ModelSchema): Round {
    const serverSteps: ServerStep[] = [];
    const changed = this.#number === 0 ? schema : this.#changeSchema(schema, serverSteps);
    if (this.#random.next() < 0.6) {
      const jumpMs = this.#random.pick(JUMPS_MS) + this.#random.integer(0, 999);
      serverSteps.push({ kind: "clock", jumpMs });
    }
    const lanes = Array.from({ length: LANE_COUNT }, (_, lane) => {
      const seed = this.#random.integer(0, 2 ** 32 - 1);
      return new LaneSteps(seededRandom(seed), changed, `${this.#options.keyPrefix}lane${lane}-`);
    });
    if (this.#random.next() < RESTART_PROBABILITY) serverSteps.push(this.#restart(lanes));
    const numbered = serverSteps.map((step) => this.#numbered(step));
    const calls: NumberedStep[][] = lanes.map(() => []);
    for (let i = 0; i < CALLS_PER_LANE && !this.isDone; i++) {
      for (const [lane, steps] of lanes.entries()) calls[lane]?.push(this.#numbered(steps.next()));
    }
    return { serverSteps: numbered, lanes: calls };
  }

  #changeSchema(schema: ModelSchema, steps: ServerStep[]): ModelSchema {
    let changed = schema;
    const count = this.#random.integer(0, CHANGES_MAX);
    for (let i = 0; i < count; i++) {
      const serial = this.#number * CHANGES_MAX + i;
      const change = randomChange(this.#random, changed, this.#options.allowed, serial);
      changed = applyChange(changed, change);
      steps.push({ kind: "schema", change });
    }
    return changed;
  }

  #restart(lanes: readonly LaneSteps[]): ServerStep {
    const server = this.#random.integer(0, this.#options.processCount - 1);
    if (this.#random.next() < 0.5) return { kind: "restart", server, signal: "SIGTERM" };
    const writes = lanes.map((lane) => lane.write());
    return { kind: "restart", server, signal: "SIGKILL", writes };
  }

  #numbered(step: CallStep | ServerStep): NumberedStep {
    this.#number += 1;
    return { number: this.#number, step };
  }
}
