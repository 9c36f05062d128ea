const TIMEOUT = /^(\d{1,8})([HMSmun])$/;

const MS_BY_UNIT: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1_000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

/** @returns a `grpc-timeout` in milliseconds, rounded down; undefined if it is none */
export function parseTimeout(text: string): number | undefined {
  const match = TIMEOUT.exec(text);
  if (match === null) return undefined;
  return Math.floor(Number(match[1]) * (MS_BY_UNIT[match[2] as string] as number));
}
