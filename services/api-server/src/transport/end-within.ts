/**
 * Waits for connections to end, and cuts them off when the time is over.
 *
 * @param ended resolves when the last one is gone
 * @param signal aborts when the time is over
 * @returns whether all ended by themselves
 */
export async function endWithin(
  ended: Promise<void>,
  signal: AbortSignal,
  cut: () => void,
): Promise<boolean> {
  const clean = ended.then(() => true);
  const gaveUp = new Promise<false>((resolve) => {
    if (signal.aborted) resolve(false);
    else signal.addEventListener("abort", () => resolve(false), { once: true });
  });
  const isClean = await Promise.race([clean, gaveUp]);
  cut();
  await ended;
  return isClean;
}
