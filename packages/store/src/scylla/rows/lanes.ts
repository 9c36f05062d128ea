import { mapBounded } from "@ofs/platform";

/** Statements of one request that are under way at once: no request fills the line of all others. */
const MAX_LANES = 128;

/**
 * Runs tasks in their order, a bounded number at once.
 *
 * @param run must not reject
 * @param isStopped once it says so, no further task is begun
 */
export async function runInLanes<Task>(
  tasks: readonly Task[],
  run: (task: Task) => Promise<void>,
  isStopped: () => boolean,
): Promise<void> {
  await mapBounded(tasks, MAX_LANES, async (task) => {
    if (!isStopped()) await run(task);
  });
}
