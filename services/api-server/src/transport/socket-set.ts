import type { Socket } from "node:net";

/** Open connections of one owner. */
export class SocketSet {
  readonly #sockets = new Set<Socket>();
  #onEmpty: (() => void) | undefined;

  /** Keeps the socket until it closes. */
  add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => {
      this.#sockets.delete(socket);
      if (this.#sockets.size === 0) this.#onEmpty?.();
    });
  }

  get size(): number {
    return this.#sockets.size;
  }

  /** Resolves when none is open. */
  whenEmpty(): Promise<void> {
    return new Promise((resolve) => {
      this.#onEmpty = resolve;
      if (this.#sockets.size === 0) resolve();
    });
  }

  /** Cuts all of them. */
  destroy(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
