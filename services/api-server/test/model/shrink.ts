import type { ModelRead, ModelSchema, ModelWrite } from "@ofs/testkit/model";
import type { Fleet } from "./fleet.ts";
import { StepRunner } from "./run-steps.ts";
import type { CallStep, NumberedStep, ServerStep } from "./steps.ts";

/** Time that shrinking may take. */
const SHRINK_MS_MAX = 90_000;

const SERVER_STEPS: ReadonlySet<string> = new Set(["schema", "clock", "restart"]);

/**
 * Looks for fewer steps that fail, one after another and on the same fleet, with keys of its own each time.
 *
 * @param steps that led to the failure: of the failing lane, and those of the servers
 * @returns undefined if they do not fail in a row: it takes the other lanes at the same time
 */
export async function shrinkSteps(
  fleet: Fleet,
  schema: ModelSchema,
  steps: readonly NumberedStep[],
): Promise<readonly NumberedStep[] | undefined> {
  const endAt = Date.now() + SHRINK_MS_MAX;
  let attempt = 0;
  const fails = async (tried: readonly NumberedStep[]): Promise<boolean> => {
    attempt += 1;
    return failsAgain(fleet, schema, tried, `attempt${attempt}-`);
  };
  if (!(await fails(steps))) return undefined;
  let kept = steps;
  for (let size = Math.ceil(kept.length / 2); Date.now() < endAt; size = Math.ceil(size / 2)) {
    for (let from = 0; from < kept.length && Date.now() < endAt; ) {
      const fewer = [...kept.slice(0, from), ...kept.slice(from + size)];
      if (fewer.length > 0 && (await fails(fewer))) kept = fewer;
      else from += size;
    }
    if (size === 1) break;
  }
  return kept;
}

async function failsAgain(
  fleet: Fleet,
  schema: ModelSchema,
  steps: readonly NumberedStep[],
  prefix: string,
): Promise<boolean> {
  await fleet.publish(schema);
  const runner = new StepRunner(fleet, schema);
  for (const numbered of steps) {
    const { number, step } = numbered;
    const failure = SERVER_STEPS.has(step.kind)
      ? await runner.runServerSteps([
          { number, step: renameServerStep(step as ServerStep, prefix) },
        ])
      : await runner.runCalls([{ number, step: renameCall(step as CallStep, prefix) }], 0);
    if (failure !== undefined) return true;
  }
  return false;
}

function renameServerStep(step: ServerStep, prefix: string): ServerStep {
  if (step.kind !== "restart" || step.signal !== "SIGKILL") return step;
  return { ...step, writes: step.writes.map((write) => renameWrite(write, prefix)) };
}

function renameCall(step: CallStep, prefix: string): CallStep {
  switch (step.kind) {
    case "write":
      return { ...step, write: renameWrite(step.write, prefix) };
    case "read":
      return { ...step, read: renameRead(step.read, prefix) };
    case "read beside write":
      return {
        ...step,
        write: renameWrite(step.write, prefix),
        read: renameRead(step.read, prefix),
      };
    case "two writes": {
      const [first, second] = step.writes;
      return { ...step, writes: [renameWrite(first, prefix), renameWrite(second, prefix)] };
    }
    case "refused":
      return step; // changes nothing, whatever its keys
  }
}

function renameWrite(write: ModelWrite, prefix: string): ModelWrite {
  const rows = write.rows.map((row) => ({ ...row, key: row.key.map((value) => prefix + value) }));
  return { ...write, rows };
}

function renameRead(read: ModelRead, prefix: string): ModelRead {
  return { ...read, keys: read.keys.map((key) => key.map((value) => prefix + value)) };
}
