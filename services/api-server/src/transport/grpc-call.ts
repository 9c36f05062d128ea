import type { ServerUnaryCall } from "@grpc/grpc-js";
import { Cancellation, type CancelSignal, FeatureStoreError, type UnaryCall } from "@ofs/platform";

/** One call of grpc-js behind the transport port. */
export class GrpcCall implements UnaryCall {
  readonly method: string;
  readonly deadlineMs: number;
  readonly request: Buffer;
  readonly #call: ServerUnaryCall<Buffer, Uint8Array>;
  #cancellation: Cancellation | undefined;
  #isAnswered = false;

  constructor(method: string, call: ServerUnaryCall<Buffer, Uint8Array>) {
    this.method = method;
    this.request = call.request;
    this.deadlineMs = Number(call.getDeadline());
    this.#call = call;
  }

  header(name: string): string | undefined {
    const value = this.#call.metadata.get(name)[0];
    return typeof value === "string" ? value : undefined;
  }

  /** Made when first asked for: most calls are answered before anything could wait on it. */
  get signal(): CancelSignal {
    if (this.#cancellation === undefined) {
      this.#cancellation = new Cancellation();
      if (this.#call.cancelled) this.#abort();
      else this.#call.once("cancelled", () => this.#abort());
    }
    return this.#cancellation;
  }

  /** grpc-js reports the end of every call as a cancellation; after the answer it means nothing. */
  markAnswered(): void {
    this.#isAnswered = true;
  }

  #abort(): void {
    if (this.#isAnswered) return;
    const error =
      Date.now() >= this.deadlineMs
        ? new FeatureStoreError("DEADLINE_EXCEEDED", "the deadline has passed")
        : new FeatureStoreError("CANCELLED", "the caller is gone");
    this.#cancellation?.abort(error);
  }
}
