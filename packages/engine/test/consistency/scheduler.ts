import { AsyncLocalStorage } from "node:async_hooks";

/** One call, carried out step by step: it stops at each gate until it is let through. */
class Actor {
  readonly name: string;
  #release: (() => void) | undefined;

  constructor(name: string) {
    this.name = name;
  }

  get isWaiting(): boolean {
    return this.#release !== undefined;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  goOn(): void {
    const release = this.#release;
    this.#release = undefined;
    release?.();
  }
}

const current = new AsyncLocalStorage<Actor>();

/** Everything that can run without another step runs in one turn: fakes wait for nothing but gates. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Where a call may be held up. Calls that no schedule runs pass. */
export async function gate(): Promise<void> {
  await current.getStore()?.stop();
}

/** Where a call stops: gates with nothing but the caller's own, unshared work between them would be the same. */
export type Gates = "before" | "after" | "both";

/** Does something to what processes share. */
export async function gated<T>(gates: Gates, effect: () => Promise<T>): Promise<T> {
  if (gates !== "after") await gate();
  const result = await effect();
  if (gates !== "before") await gate();
  return result;
}

/** Which actor takes the next step, at each step. Beyond its end the first that can. */
export type Schedule = readonly number[];

/**
 * Runs calls in the order that the schedule says, to their end.
 *
 * @param onStep is called after each step
 * @returns how many actors could have taken each step
 */
export async function runSchedule(
  calls: Readonly<Record<string, () => Promise<void>>>,
  schedule: Schedule,
  onStep: () => void,
): Promise<{ readonly choices: readonly number[]; readonly steps: readonly string[] }> {
  const actors = Object.entries(calls).map(([name, call]) => {
    const actor = new Actor(name);
    const done = current.run(actor, async () => {
      await gate();
      await call();
    });
    return { actor, done };
  });
  const choices: number[] = [];
  const steps: string[] = [];
  for (;;) {
    const waiting = actors.filter(({ actor }) => actor.isWaiting);
    if (waiting.length === 0) break;
    const next = waiting[schedule[choices.length] ?? 0];
    choices.push(waiting.length);
    steps.push(next?.actor.name ?? "");
    next?.actor.goOn();
    await turn();
    onStep();
    await turn();
  }
  await Promise.all(actors.map(({ done }) => done));
  return { choices, steps };
}

/** Every schedule there is, found by running them: each run tells where another actor could have gone on. */
export async function forEachSchedule(
  run: (schedule: Schedule) => Promise<readonly number[]>,
): Promise<number> {
  const open: Schedule[] = [[]];
  let count = 0;
  for (let schedule = open.pop(); schedule !== undefined; schedule = open.pop()) {
    const choices = await run(schedule);
    count += 1;
    for (let step = schedule.length; step < choices.length; step++) {
      const prefix = [...schedule, ...new Array<number>(step - schedule.length).fill(0)];
      for (let other = 1; other < (choices[step] as number); other++) open.push([...prefix, other]);
    }
  }
  return count;
}
