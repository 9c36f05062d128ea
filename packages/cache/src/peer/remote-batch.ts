/** Values of several keys, each of which comes in its own time. */
export class RemoteBatch {
  readonly done: Promise<readonly (Uint8Array | undefined)[]>;
  readonly #values: (Uint8Array | undefined)[];
  #openCount: number;
  #resolve: (values: readonly (Uint8Array | undefined)[]) => void = () => undefined;

  constructor(count: number) {
    this.#values = new Array<Uint8Array | undefined>(count).fill(undefined);
    this.#openCount = count;
    this.done = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    if (count === 0) this.#resolve(this.#values);
  }

  /** Once for each index. @param value undefined: a miss */
  settle(index: number, value: Uint8Array | undefined): void {
    this.#values[index] = value;
    this.#openCount -= 1;
    if (this.#openCount === 0) this.#resolve(this.#values);
  }
}
