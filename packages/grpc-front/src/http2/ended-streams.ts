/** Ids kept, of which frames may still be on their way. */
const MAX_IDS = 4_096;

/**
 * Streams that we have ended before the peer has: what it has sent by then, or sends before it knows, is no mistake of
 * its. The oldest are forgotten; below those, nothing is taken for a mistake.
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
