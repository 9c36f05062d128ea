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
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < tasks.length && !isStopped()) await run(tasks[next++] as Task);
  };
  await Promise.all(Array.from({ length: Math.min(MAX_LANES, tasks.length) }, lane));
}
