import type { RegistryChanges } from "../source.ts";

/** A burst is folded once it has been quiet for this long, */
export const QUIET_MS = 20;
/** or once its first change has waited this long. */
export const DELAY_MS_MAX = 250;

/** More batches than this are folded at once, however close they come. */
export const BATCH_COUNT_MAX = 10_000;

/** Collects changes that come close together, so that a burst is applied as one. */
export class ChangeBuffer {
  readonly #fold: (batches: readonly RegistryChanges[]) => void;
  #batches: RegistryChanges[] = [];
  #timer: NodeJS.Timeout | undefined;
  #foldAtMsMax = 0;

  constructor(fold: (batches: readonly RegistryChanges[]) => void) {
    this.#fold = fold;
  }

  add(batch: RegistryChanges): void {
    const nowMs = performance.now();
    if (this.#batches.length === 0) this.#foldAtMsMax = nowMs + DELAY_MS_MAX;
    this.#batches.push(batch);
    if (this.#batches.length >= BATCH_COUNT_MAX) {
      this.flush();
      return;
    }
    clearTimeout(this.#timer);
    const delayMs = Math.max(0, Math.min(QUIET_MS, this.#foldAtMsMax - nowMs));
    this.#timer = setTimeout(() => this.flush(), delayMs);
  }

  /** Folds what is held now. */
  flush(): void {
    clearTimeout(this.#timer);
    if (this.#batches.length === 0) return;
    const batches = this.#batches;
    this.#batches = [];
    this.#fold(batches);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#batches = [];
  }
}
