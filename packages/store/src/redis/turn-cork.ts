import type { Writable } from "node:stream";

/**
 * Gathers what is written to a socket within one turn of the event loop: a write of its own for each command costs a
 * system call, which is more than all else that a command costs here.
 */
export class TurnCork {
  #corked: Pick<Writable, "cork" | "uncork"> | undefined;

  /** Call before each write. @param stream the socket as it is now: another one after each reconnection */
  hold(stream: Pick<Writable, "cork" | "uncork"> | undefined): void {
    if (stream === undefined || this.#corked === stream) return;
    this.#corked = stream;
    stream.cork();
    setImmediate(() => {
      stream.uncork();
      if (this.#corked === stream) this.#corked = undefined;
    });
  }
}
