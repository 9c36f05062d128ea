/** Things that one worker of the fleet has at a time. */
export interface Claims {
  /** Whether anything can be claimed now, and what was claimed is still ours. */
  readonly isHeld: boolean;
  /** @returns whether it is the caller's now @throws {FeatureStoreError} UNAVAILABLE */
  claim(path: string): Promise<boolean>;
  /** @throws {FeatureStoreError} UNAVAILABLE; it goes by itself then */
  release(path: string): Promise<void>;
}

/** Claims within this process; with shared ones behind them, within the fleet. */
export class ProcessClaims implements Claims {
  readonly #taken = new Set<string>();
  readonly #shared: Claims | undefined;
  readonly #onReleaseFailure: (error: unknown, path: string) => void;

  constructor(
    shared: Claims | undefined,
    onReleaseFailure: (error: unknown, path: string) => void,
  ) {
    this.#shared = shared;
    this.#onReleaseFailure = onReleaseFailure;
  }

  get isHeld(): boolean {
    return this.#shared?.isHeld ?? true;
  }

  async claim(path: string): Promise<boolean> {
    if (this.#taken.has(path)) return false;
    this.#taken.add(path);
    let isClaimed = false;
    try {
      isClaimed = this.#shared === undefined || (await this.#shared.claim(path));
      return isClaimed;
    } finally {
      if (!isClaimed) this.#taken.delete(path);
    }
  }

  /** Never rejects. */
  async release(path: string): Promise<void> {
    try {
      await this.#shared?.release(path);
    } catch (error) {
      this.#onReleaseFailure(error, path);
    } finally {
      this.#taken.delete(path);
    }
  }
}
