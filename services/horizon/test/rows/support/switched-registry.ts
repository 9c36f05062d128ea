import { FeatureStoreError } from "@ofs/platform";
import type {
  RegistryAuthor,
  RegistryChange,
  RegistryExpectation,
  RegistryWatcher,
} from "@ofs/registry";

/** A registry that can be away for those who write. */
export class SwitchedRegistry implements RegistryAuthor {
  readonly name = "switched";
  readonly #registry: RegistryAuthor;
  isAway = false;

  constructor(registry: RegistryAuthor) {
    this.#registry = registry;
  }

  async loadForWrite(signal: AbortSignal) {
    if (this.isAway) throw new FeatureStoreError("UNAVAILABLE", "the registry is away");
    return this.#registry.loadForWrite(signal);
  }

  writeIf(
    changes: readonly RegistryChange[],
    expectations: readonly RegistryExpectation[],
    receipt?: string,
  ) {
    return this.#registry.writeIf(changes, expectations, receipt);
  }

  load(signal: AbortSignal) {
    return this.#registry.load(signal);
  }

  watch(fromRevision: number, watcher: RegistryWatcher) {
    return this.#registry.watch(fromRevision, watcher);
  }

  lastChange(signal: AbortSignal) {
    return this.#registry.lastChange(signal);
  }

  write(changes: readonly RegistryChange[]) {
    return this.#registry.write(changes);
  }

  close() {
    return this.#registry.close();
  }
}
