import { FeatureStoreError } from "@ofs/platform";
import { type RequestLimits, withinLimits } from "@ofs/store";

/** What is connected to. */
export interface Connected {
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** A connection that may still have to be made: each `ping` tries to, one at a time, until it is there. */
export class LateConnection<Store extends Connected> {
  readonly #name: string;
  readonly #connect: () => Promise<Store>;
  #store: Store | undefined;
  #connecting: Promise<void> | undefined;
  #lastFault: { readonly cause: unknown } | undefined;
  #isClosed = false;

  /**
   * @param name for messages
   * @param connect is called again after it has failed
   */
  constructor(name: string, connect: () => Promise<Store>) {
    this.#name = name;
    this.#connect = connect;
  }

  /** undefined as long as it has not been connected. */
  get store(): Store | undefined {
    return this.#store;
  }

  /** UNAVAILABLE, with why it is not connected. */
  fault(): FeatureStoreError {
    const cause = this.#lastFault?.cause;
    return new FeatureStoreError("UNAVAILABLE", `${this.#name}: ${this.#reason()}`, { cause });
  }

  /**
   * Connects if nobody has tried to yet, and waits for it within the limits. Once an attempt has failed, nobody waits for
   * the next.
   *
   * @returns the store, or why there is none
   */
  async storeWithin(limits: RequestLimits): Promise<Store | FeatureStoreError> {
    if (this.#store === undefined && this.#lastFault === undefined && !this.#isClosed) {
      await withinLimits(this.#attempt(), limits, this.#name);
    }
    return this.#store ?? this.fault();
  }

  /** Connects if need be. @throws {FeatureStoreError} UNAVAILABLE */
  async ping(): Promise<void> {
    if (this.#store !== undefined) return this.#store.ping();
    await this.#attempt();
    if (this.#lastFault !== undefined) throw this.fault();
  }

  /** What is connected afterwards is closed at once. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#store?.close();
  }

  /** Never rejects: what fails is the last fault. */
  #attempt(): Promise<void> {
    this.#connecting ??= this.#open().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #open(): Promise<void> {
    try {
      const store = await this.#connect();
      if (this.#isClosed) await store.close();
      else this.#store = store;
      this.#lastFault = undefined;
    } catch (cause) {
      this.#lastFault = { cause };
    }
  }

  #reason(): string {
    if (this.#lastFault !== undefined) {
      const { cause } = this.#lastFault;
      return cause instanceof Error ? cause.message : String(cause);
    }
    if (this.#isClosed) return "it is closed";
    return this.#connecting === undefined
      ? "it has not been connected yet"
      : "it is being connected";
  }
}
