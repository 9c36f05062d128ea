/** Ids kept, of which frames may still be on their way. */
const MAX_IDS = 4_096;

/**
 * Streams that one side has ended before the other has, and of which more may come: what the peer sends before it knows
 * that we have ended one is no mistake of its. The oldest are forgotten; below those, nothing is taken for a mistake.
 */
export class EndedStreams {
  readonly #ids = new Set<number>();
  #forgottenUpTo = 0;

  add(id: number): void {
    this.#ids.add(id);
    if (this.#ids.size <= MAX_IDS) return;
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      this.#forgottenUpTo = Math.max(this.#forgottenUpTo, oldest);
      return;
    }
  }

  /** The peer has ended it, too. */
  delete(id: number): void {
    this.#ids.delete(id);
  }

  has(id: number): boolean {
    return this.#ids.has(id) || id <= this.#forgottenUpTo;
  }
}
