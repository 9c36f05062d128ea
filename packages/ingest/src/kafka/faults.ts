/** What is wrong now, by what it concerns. */
export class Faults {
  readonly #reasons = new Map<string, string>();

  set(about: string, reason: string): void {
    this.#reasons.set(about, reason);
  }

  clear(about: string): void {
    this.#reasons.delete(about);
  }

  clearAll(): void {
    this.#reasons.clear();
  }

  /** In one line; undefined if nothing is wrong. */
  get reason(): string | undefined {
    if (this.#reasons.size === 0) return undefined;
    return [...this.#reasons].map(([about, reason]) => `${about}: ${reason}`).join("; ");
  }
}
