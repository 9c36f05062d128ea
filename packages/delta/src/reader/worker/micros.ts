const NANOS_PER_MICRO = 1_000n;

/** Towards the past, also before 1970. */
export function floorMicros(nanos: bigint): bigint {
  const micros = nanos / NANOS_PER_MICRO;
  return nanos < 0n && nanos % NANOS_PER_MICRO !== 0n ? micros - 1n : micros;
}
