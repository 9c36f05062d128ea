/**
 * Does the work of each item, of a bounded number at once, in the order of the items.
 *
 * @param work must not reject
 */
export async function mapBounded<T, R>(
  items: readonly T[],
  maxRunning: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(maxRunning, items.length) }, lane));
  return results;
}
