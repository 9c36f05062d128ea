/**
 * Rounds a float32 below a small format's normal range to a count of its subnormal steps: nearest, ties to even.
 *
 * @param magnitude float32 bits without the sign; more than half a step
 * @param stepExponent biased float32 exponent at which the 24-bit mantissa, as an integer, counts steps
 */
export function roundSubnormal(magnitude: number, stepExponent: number): number {
  const shift = stepExponent - (magnitude >>> 23);
  const mantissa = (magnitude & 0x7f_ffff) | 0x80_0000;
  const steps = mantissa >>> shift;
  const rest = mantissa & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && (steps & 1) === 1) ? steps + 1 : steps;
}
