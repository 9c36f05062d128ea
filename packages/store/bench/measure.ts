const WARM_UP_SHARE = 0.2;

/** What one call cost, in microseconds. */
export interface Cost {
  /** Of this process. */
  readonly cpuMicros: number;
  readonly wallMicros: number;
}

/**
 * Runs calls after each other in so many lanes at once.
 *
 * @returns the mean of a call
 */
export async function measure(
  callCount: number,
  concurrency: number,
  work: (call: number) => Promise<unknown>,
): Promise<Cost> {
  for (let call = 0; call < callCount * WARM_UP_SHARE; call++) await work(call);
  const cpuBefore = process.cpuUsage();
  const startMs = performance.now();
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < callCount) await work(next++);
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  const wallMicros = ((performance.now() - startMs) * 1000) / callCount;
  const { system, user } = process.cpuUsage(cpuBefore);
  return { cpuMicros: (user + system) / callCount, wallMicros };
}

/** @param keyCount keys of one call: costs are printed per key, too */
export function report(name: string, keyCount: number, { cpuMicros, wallMicros }: Cost): void {
  const columns = [
    name.padEnd(44),
    `${cpuMicros.toFixed(1)} us CPU a call`.padStart(24),
    `${(cpuMicros / keyCount).toFixed(2)} a key`.padStart(14),
    `${wallMicros.toFixed(1)} us time a call`.padStart(26),
  ];
  process.stdout.write(`${columns.join("")}\n`);
}
