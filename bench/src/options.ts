/** @throws {Error} if it is not at least 1 */
export function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new Error(`--${option} ${text}: not a whole number of at least 1`);
}

/** @throws {Error} if it is not above 0 and up to 1 */
export function shareOf(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 1) return value;
  throw new Error(`--share ${text}: not above 0 and up to 1`);
}
