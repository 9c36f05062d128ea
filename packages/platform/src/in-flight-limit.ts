import { FeatureStoreError } from "./errors.ts";

/** Bounds how many requests a process works on at once. More are refused, not queued. */
export class InFlightLimit {
  /** As operators know it, for example `MAX_IN_FLIGHT`; named in the refusal. */
  readonly name: string;
  readonly max: number;
  #count = 0;

  constructor(name: string, max: number) {
    this.name = name;
    this.max = max;
  }

  /** Requests that have entered and not left. */
  get count(): number {
    return this.#count;
  }

  /** Each successful call needs one `leave`. @throws {FeatureStoreError} RESOURCE_EXHAUSTED at the limit */
  enter(): void {
    if (this.#count >= this.max) {
      throw new FeatureStoreError(
        "RESOURCE_EXHAUSTED",
        `too many requests in flight: the limit ${this.name} is ${this.max}`,
      );
    }
    this.#count += 1;
  }

  leave(): void {
    if (this.#count === 0) throw new Error(`${this.name}: leave without enter`);
    this.#count -= 1;
  }
}
