import { FeatureStoreError } from "@ofs/platform";
import { assertExpectations, firstConflict } from "./author/first-conflict.ts";
import { assertReceipt, withReceipt } from "./author/receipts.ts";
import type { ConditionalWrite, RegistryAuthor, RegistryExpectation } from "./author-port.ts";
import type { Revision } from "./model.ts";
import type { RegistryChange, RegistryChanges, RegistryTree, RegistryWatcher } from "./source.ts";
import { assertPath } from "./tree/path.ts";

/** How many revisions a watcher may lag behind; older ones are compacted. */
const HISTORY_LENGTH_MAX = 10_000;

interface Subscription {
  readonly watcher: RegistryWatcher;
  position: Revision;
}

/**
 * A registry tree in memory, with the faults of a real source at hand: for tests. Watchers are called
 * in a microtask after the change, in order.
 */
export class MemoryRegistrySource implements RegistryAuthor {
  readonly name: string;
  readonly #entries = new Map<string, Uint8Array>();
  /** By path, deleted ones too. */
  readonly #changedAt = new Map<string, Revision>();
  readonly #subscriptions = new Set<Subscription>();
  #history: RegistryChanges[] = [];
  #revision: Revision = 1;
  /** Everything up to here is compacted. */
  #compactedAt: Revision = 1;
  #downReason: string | undefined;
  #loadCount = 0;
  #authorRevision: Revision = 0;
  #receipts: readonly string[] = [];
  #isNextAnswerLost = false;

  /** @param entries by path; text is stored as UTF-8 */
  constructor(entries: Readonly<Record<string, string | Uint8Array>> = {}, name = "memory") {
    this.name = name;
    for (const [path, value] of Object.entries(entries)) {
      this.#entries.set(path, toBytes(value));
    }
  }

  get revision(): Revision {
    return this.#revision;
  }

  /** How often the whole tree was read. */
  get loadCount(): number {
    return this.#loadCount;
  }

  async load(signal: AbortSignal): Promise<RegistryTree> {
    signal.throwIfAborted();
    this.#assertUp();
    this.#loadCount += 1;
    return { entries: new Map(this.#entries), revision: this.#revision };
  }

  async loadForWrite(signal: AbortSignal): ReturnType<RegistryAuthor["loadForWrite"]> {
    const tree = await this.load(signal);
    return { ...tree, authorRevision: this.#authorRevision, receipts: this.#receipts };
  }

  async writeIf(
    changes: readonly RegistryChange[],
    expectations: readonly RegistryExpectation[],
    receipt?: string,
  ): Promise<ConditionalWrite> {
    this.#assertUp();
    assertReceipt(receipt);
    assertExpectations(expectations, assertPath);
    const conflict = firstConflict(expectations, {
      authorRevision: this.#authorRevision,
      hasAtOrBelow: (path) => [...this.#entries.keys()].some((each) => isAtOrBelow(each, path)),
      isChangedSince: (path, revision) => (this.#changedAt.get(path) ?? 0) > revision,
    });
    if (conflict !== undefined) return { conflict };
    const revision = this.#apply(changes);
    if (changes.length > 0) {
      this.#authorRevision = revision;
      this.#receipts = withReceipt(this.#receipts, receipt);
    }
    if (this.#isNextAnswerLost) {
      this.#isNextAnswerLost = false;
      throw new FeatureStoreError("UNAVAILABLE", `${this.name}: the answer is lost`);
    }
    return { revision };
  }

  /** The next conditional write that meets its expectations is carried out, but its caller is not told so. */
  loseNextAnswer(): void {
    this.#isNextAnswerLost = true;
  }

  watch(fromRevision: Revision, watcher: RegistryWatcher): () => Promise<void> {
    const subscription: Subscription = { watcher, position: fromRevision };
    this.#subscriptions.add(subscription);
    queueMicrotask(() => this.#deliver());
    return async () => {
      this.#subscriptions.delete(subscription);
    };
  }

  async lastChange(signal: AbortSignal): Promise<Revision> {
    signal.throwIfAborted();
    this.#assertUp();
    return this.#revision;
  }

  async write(changes: readonly RegistryChange[]): Promise<Revision> {
    this.#assertUp();
    return this.#apply(changes);
  }

  #apply(changes: readonly RegistryChange[]): Revision {
    for (const { path } of changes) assertPath(path);
    if (changes.length === 0) return this.#revision;
    this.#revision += 1;
    for (const { path, value } of changes) {
      this.#changedAt.set(path, this.#revision);
      if (value === undefined) this.#entries.delete(path);
      else this.#entries.set(path, value);
    }
    this.#history.push({ changes: [...changes], revision: this.#revision });
    if (this.#history.length > HISTORY_LENGTH_MAX) {
      this.#compactedAt = this.#history.shift()?.revision ?? this.#compactedAt;
    }
    queueMicrotask(() => this.#deliver());
    return this.#revision;
  }

  /** Writes one text value. */
  put(path: string, value: string): Promise<Revision> {
    return this.write([{ path, value: toBytes(value) }]);
  }

  delete(path: string): Promise<Revision> {
    return this.write([{ path, value: undefined }]);
  }

  /** Loads and writes fail, watchers hear nothing, until {@link comeUp}. */
  goDown(reason: string): void {
    this.#downReason = reason;
    for (const { watcher } of this.#subscriptions) watcher.onConnection(false, reason);
  }

  /** Watchers get what they missed, or a gap if it is compacted by now. */
  comeUp(): void {
    this.#downReason = undefined;
    for (const { watcher } of this.#subscriptions) watcher.onConnection(true, "reachable again");
    queueMicrotask(() => this.#deliver());
  }

  /** Forgets all history: watchers that have not seen it get a gap. */
  compact(): void {
    this.#history = [];
    this.#compactedAt = this.#revision;
  }

  async close(): Promise<void> {
    this.#subscriptions.clear();
  }

  #assertUp(): void {
    if (this.#downReason === undefined) return;
    throw new FeatureStoreError("UNAVAILABLE", `${this.name}: ${this.#downReason}`);
  }

  #deliver(): void {
    if (this.#downReason !== undefined) return;
    for (const subscription of this.#subscriptions) {
      const { position, watcher } = subscription;
      if (position < this.#compactedAt) {
        this.#subscriptions.delete(subscription);
        watcher.onGap(`revision ${position + 1} is compacted`);
        continue;
      }
      subscription.position = this.#revision;
      for (const batch of this.#history) {
        if (batch.revision > position) watcher.onChanges(batch);
      }
    }
  }
}

function isAtOrBelow(path: string, top: string): boolean {
  return top === "" || path === top || path.startsWith(`${top}/`);
}

function toBytes(value: string | Uint8Array): Uint8Array {
  return typeof value === "string" ? Buffer.from(value) : value;
}
