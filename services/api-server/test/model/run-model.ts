import { randomUUID } from "node:crypto";
import { seededRandom } from "@ofs/testkit";
import type { StoreKind } from "../scenarios/server-under-test.ts";
import { Fleet } from "./fleet.ts";
import { type AllowedCaches, initialSchema } from "./model-schemas.ts";
import { RoundPlanner } from "./plan-round.ts";
import { describeStep, type StepFailure, StepRunner } from "./run-steps.ts";
import { shrinkSteps } from "./shrink.ts";
import type { NumberedStep, Round } from "./steps.ts";

export interface ModelRun {
  readonly seed: number;
  readonly stepCount: number;
  readonly store: StoreKind;
  readonly caches: AllowedCaches;
  readonly processCount: number;
}

/** How many steps of each kind were taken. */
export type StepCounts = ReadonlyMap<string, number>;

/**
 * Compares real processes with the model, step by step.
 *
 * @throws {Error} naming seed and step, with the fewest steps found that fail
 */
export async function runModel(run: ModelRun): Promise<StepCounts> {
  const random = seededRandom(run.seed);
  const schema = initialSchema(random, run.caches);
  const planner = new RoundPlanner(random, {
    allowed: run.caches,
    processCount: run.processCount,
    keyPrefix: `${randomUUID().slice(0, 8)}-`,
    stepCount: run.stepCount,
  });
  const fleet = await Fleet.start({ store: run.store, processCount: run.processCount, schema });
  try {
    const runner = new StepRunner(fleet, schema);
    const rounds: Round[] = [];
    while (!planner.isDone) {
      const round = planner.next(runner.schema);
      rounds.push(round);
      const failure = await runner.runRound(round);
      if (failure === undefined) continue;
      const fewer = await shrinkSteps(fleet, schema, stepsBefore(rounds, failure));
      throw new Error(reportOf(run, failure, fewer), { cause: failure.error });
    }
    return countSteps(rounds);
  } finally {
    await fleet.close();
  }
}

/** Those of the failing lane and of the servers, with the failing one. */
function stepsBefore(rounds: readonly Round[], failure: StepFailure): readonly NumberedStep[] {
  return rounds
    .flatMap(({ serverSteps, lanes }) => [
      ...serverSteps,
      ...(failure.lane === undefined ? lanes.flat() : (lanes[failure.lane] ?? [])),
    ])
    .filter(({ number }) => number <= failure.number);
}

function reportOf(
  { seed, stepCount }: ModelRun,
  failure: StepFailure,
  fewer: readonly NumberedStep[] | undefined,
): string {
  const error = failure.error instanceof Error ? failure.error.message : String(failure.error);
  const shrunk =
    fewer === undefined
      ? "The steps of its lane do not fail by themselves: it takes others at the same time."
      : `These ${fewer.length} steps fail by themselves:\n${fewer.map(describeStep).join("\n")}`;
  return [
    `seed ${seed}, ${describeStep(failure)}`,
    error,
    shrunk,
    `Again: OFS_MODEL_SEED=${seed}, and OFS_MODEL_STEPS so that this test takes ${stepCount} steps`,
  ].join("\n");
}

function countSteps(rounds: readonly Round[]): StepCounts {
  const counts = new Map<string, number>();
  for (const { serverSteps, lanes } of rounds) {
    for (const { step } of [...serverSteps, ...lanes.flat()]) {
      const kind = step.kind === "schema" ? step.change.kind : step.kind;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
  }
  return counts;
}
