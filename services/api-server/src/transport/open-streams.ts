import { status } from "@grpc/grpc-js";

/** The part of grpc-js's streaming calls that this needs. */
export interface ServerStream {
  on(event: "cancelled" | "close" | "finish", listener: () => void): unknown;
  emit(event: "error", error: { code: number; details: string }): unknown;
}

/**
 * Streaming calls that are open, a bounded number of them. Nothing else would end them when the server drains:
 * a health watch lasts as long as its client.
 */
export class OpenStreams {
  readonly #max: number;
  readonly #streams = new Map<ServerStream, () => void>();
  #isClosed = false;

  constructor(max: number) {
    this.#max = max;
  }

  get count(): number {
    return this.#streams.size;
  }

  /**
   * Takes a call in, or ends it if there are too many or the server drains.
   *
   * @param onEnd called once, when the call is over for whatever reason
   * @returns whether the call may go on
   */
  open(stream: ServerStream, onEnd: () => void = () => undefined): boolean {
    if (this.#isClosed) {
      stream.emit("error", { code: status.UNAVAILABLE, details: "the server is shutting down" });
      return false;
    }
    if (this.#streams.size >= this.#max) {
      const details = `too many streams: the limit is ${this.#max}`;
      stream.emit("error", { code: status.RESOURCE_EXHAUSTED, details });
      return false;
    }
    this.#streams.set(stream, onEnd);
    for (const event of ["cancelled", "close", "finish"] as const) {
      stream.on(event, () => this.#forget(stream));
    }
    return true;
  }

  /** Ends every open call with UNAVAILABLE, and each later one at once. */
  close(): void {
    this.#isClosed = true;
    for (const stream of [...this.#streams.keys()]) {
      this.#forget(stream);
      stream.emit("error", { code: status.UNAVAILABLE, details: "the server is shutting down" });
    }
  }

  #forget(stream: ServerStream): void {
    const onEnd = this.#streams.get(stream);
    this.#streams.delete(stream);
    onEnd?.();
  }
}
