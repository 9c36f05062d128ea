/** Thrown at start-up when the environment does not fit; names every fault at once. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  /** One line each: the variable, what it must be, and its value unless that is a secret. */
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`invalid environment\n  ${faults.join("\n  ")}`);
    this.faults = faults;
  }
}
