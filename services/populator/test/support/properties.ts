import fc from "fast-check";
import { it } from "vitest";

const RUNS_MAX = 5_000;
const { OFS_PROPERTY_RUNS = "200" } = process.env;
const RUNS = Math.min(Number(OFS_PROPERTY_RUNS), RUNS_MAX);

export { fc };

/** A test of something that holds for all values. */
export function test<A, B>(
  name: string,
  [a, b]: readonly [fc.Arbitrary<A>, fc.Arbitrary<B>],
  check: (a: A, b: B) => void,
): void {
  it(name, () => fc.assert(fc.property(a, b, check), { numRuns: RUNS }));
}
