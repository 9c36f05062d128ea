import { FeatureStoreError } from "@ofs/platform";
import {
  assertExpectations,
  assertPath,
  assertReceipt,
  type ConditionalWrite,
  type RegistryAuthor,
  type RegistryChange,
  type RegistryExpectation,
  type RegistryTree,
  type RegistryWatcher,
  type Revision,
} from "@ofs/registry";
import { recordFailure } from "./embedded-failures.ts";
import type { EmbeddedEnvironment } from "./environment.ts";
import { encodeChanges } from "./registry-bytes.ts";
import { type RegistryDialect, RegistryTables, sizeOfChanges } from "./registry-tables.ts";

/** How often a watched source looks for changes of other processes. One look is a read of a few bytes. */
const POLL_INTERVAL_MS = 200;

interface Subscription {
  readonly watcher: RegistryWatcher;
  /** Reported up to here. */
  position: Revision;
}

/**
 * The registry tree in the data folder. Watchers in this process hear of its writes at once, and of those
 * of other processes within {@link POLL_INTERVAL_MS}.
 */
export class EmbeddedRegistrySource implements RegistryAuthor {
  readonly name: string;
  readonly #environment: EmbeddedEnvironment;
  readonly #tables: RegistryTables;
  readonly #subscriptions = new Set<Subscription>();
  #timer: NodeJS.Timeout | undefined;
  #isDown = false;
  #isClosed = false;

  /**
   * @param environment stays open when the source is closed: its owner closes it
   * @param dialect whose registry; the folder has one of each
   */
  constructor(environment: EmbeddedEnvironment, dialect: RegistryDialect = "block") {
    this.name = dialect === "block" ? "embedded" : `embedded ${dialect}`;
    this.#environment = environment;
    this.#tables = new RegistryTables(environment, dialect);
  }

  async load(signal: AbortSignal): Promise<RegistryTree> {
    return this.#read(signal, () => this.#tables.tree());
  }

  async loadForWrite(signal: AbortSignal): ReturnType<RegistryAuthor["loadForWrite"]> {
    return this.#read(signal, () => ({
      ...this.#tables.tree(),
      authorRevision: this.#tables.authorRevision(),
      receipts: this.#tables.receipts(),
    }));
  }

  /** All that is read in one turn is of one moment. */
  #read<T>(signal: AbortSignal, read: () => T): T {
    if (signal.aborted) {
      throw new FeatureStoreError("CANCELLED", "embedded registry: the load was cancelled");
    }
    this.#assertOpen();
    try {
      this.#environment.refresh();
      return read();
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  /**
   * Watchers are called outside of this call, in the order of revisions. After `onGap` a watch is over.
   *
   * @throws {FeatureStoreError} UNAVAILABLE after `close`
   */
  watch(fromRevision: Revision, watcher: RegistryWatcher): () => Promise<void> {
    this.#assertOpen();
    const subscription: Subscription = { watcher, position: fromRevision };
    this.#subscriptions.add(subscription);
    this.#timer ??= setInterval(() => this.#deliver(), POLL_INTERVAL_MS);
    queueMicrotask(() => this.#deliver());
    return async () => this.#unsubscribe(subscription);
  }

  /** @throws {FeatureStoreError} UNAVAILABLE */
  async lastChange(signal: AbortSignal): Promise<Revision> {
    return this.#read(signal, () => this.#tables.state().revision);
  }

  /** @throws {FeatureStoreError} INVALID_ARGUMENT for a malformed path, UNAVAILABLE */
  async write(changes: readonly RegistryChange[]): Promise<Revision> {
    this.#assertOpen();
    for (const { path } of changes) assertPath(path);
    if (changes.length === 0) {
      this.#environment.refresh();
      return this.#tables.state().revision;
    }
    const encoded = encodeChanges(changes);
    const revision = await this.#environment.commit(
      () => this.#tables.apply(changes, encoded),
      sizeOfChanges(changes, encoded.length),
    );
    queueMicrotask(() => this.#deliver());
    return revision;
  }

  /**
   * One transaction of the database, also beside other processes.
   *
   * @throws {FeatureStoreError} INVALID_ARGUMENT for a malformed path, UNAVAILABLE
   */
  async writeIf(
    changes: readonly RegistryChange[],
    expectations: readonly RegistryExpectation[],
    receipt?: string,
  ): Promise<ConditionalWrite> {
    this.#assertOpen();
    for (const { path } of changes) assertPath(path);
    assertReceipt(receipt);
    assertExpectations(expectations, assertPath);
    const encoded = encodeChanges(changes);
    const outcome = await this.#environment.commit(
      (): ConditionalWrite => {
        const conflict = this.#tables.conflict(expectations);
        if (conflict !== undefined) return { conflict };
        if (changes.length === 0) return { revision: this.#tables.state().revision };
        return { revision: this.#tables.applyAsAuthor(changes, encoded, receipt) };
      },
      sizeOfChanges(changes, encoded.length),
    );
    queueMicrotask(() => this.#deliver());
    return outcome;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#subscriptions.clear();
    this.#stopPolling();
  }

  #unsubscribe(subscription: Subscription): void {
    this.#subscriptions.delete(subscription);
    if (this.#subscriptions.size === 0) this.#stopPolling();
  }

  #stopPolling(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Brings every watcher up to date. Watchers are called after all reading is done. */
  #deliver(): void {
    if (this.#subscriptions.size === 0) return;
    const reports = this.#readReports();
    if (reports instanceof FeatureStoreError) {
      this.#setDown(reports);
      return;
    }
    this.#setUp();
    for (const report of reports) report();
  }

  #readReports(): (() => void)[] | FeatureStoreError {
    try {
      this.#environment.refresh();
      const { compactedAt, revision } = this.#tables.state();
      return [...this.#subscriptions]
        .filter(({ position }) => position !== revision)
        .map((subscription) => this.#readReport(subscription, compactedAt, revision));
    } catch (error) {
      return this.#unavailable(error);
    }
  }

  /** @returns what tells the watcher */
  #readReport(subscription: Subscription, compactedAt: Revision, revision: Revision): () => void {
    const { position, watcher } = subscription;
    if (position < compactedAt || position > revision) {
      const reason =
        position < compactedAt
          ? `changes up to revision ${compactedAt} are forgotten, ${position + 1} is needed`
          : `the folder is at revision ${revision}, before ${position}`;
      return () => {
        this.#unsubscribe(subscription);
        watcher.onGap(reason);
      };
    }
    const batches = this.#tables.changesAfter(position);
    return () => {
      for (const batch of batches) {
        if (!this.#subscriptions.has(subscription)) return;
        subscription.position = batch.revision;
        watcher.onChanges(batch);
      }
    };
  }

  #setUp(): void {
    if (!this.#isDown) return;
    this.#isDown = false;
    for (const { watcher } of this.#subscriptions) watcher.onConnection(true, "readable again");
  }

  #setDown(failure: FeatureStoreError): void {
    if (this.#isDown) return;
    this.#isDown = true;
    for (const { watcher } of this.#subscriptions) watcher.onConnection(false, failure.message);
  }

  #unavailable(error: unknown): FeatureStoreError {
    const failure = recordFailure(this.#environment.folder, error);
    if (failure.code === "UNAVAILABLE") return failure;
    return new FeatureStoreError("UNAVAILABLE", failure.message, { cause: failure });
  }

  #assertOpen(): void {
    if (this.#isClosed)
      throw new FeatureStoreError("UNAVAILABLE", "embedded registry: it is closed");
    this.#environment.assertOpen();
  }
}
