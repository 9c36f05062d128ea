import { FeatureStoreError } from "@ofs/platform";
import type { ConditionalWrite, RegistryAuthor, RegistryExpectation } from "../author-port.ts";
import type { Revision } from "../model.ts";
import type { RegistryChange, RegistryTree, RegistryWatcher } from "../source.ts";
import { foldChanges } from "../tree/diff.ts";
import { assertPath } from "../tree/path.ts";
import { EtcdAuthor } from "./etcd-author.ts";
import { EtcdClient } from "./etcd-client.ts";
import { toOperation } from "./etcd-head.ts";
import { EtcdKeys } from "./etcd-keys.ts";
import {
  type EtcdBaseline,
  type LoadedTree,
  loadEtcdTree,
  readBaseline,
  readLastChange,
} from "./etcd-loader.ts";
import {
  type CompiledEtcdOptions,
  compileEtcdOptions,
  type EtcdSourceOptions,
} from "./etcd-options.ts";
import { EtcdWatch } from "./etcd-watch.ts";

/** etcd's own default limit of operations in one transaction (`--max-txn-ops`). */
export const TXN_OPERATIONS_MAX = 128;

export interface EtcdWriteOptions {
  /**
   * Splits a write of more than {@link TXN_OPERATIONS_MAX} changes into transactions, in order. Then
   * not all or none: a failure leaves the first ones applied.
   */
  readonly isChunked?: boolean;
}

/** The registry tree in etcd, version 3. */
export class EtcdRegistrySource implements RegistryAuthor {
  readonly name: string;
  readonly #options: CompiledEtcdOptions;
  readonly #keys: EtcdKeys;
  readonly #client: EtcdClient;
  readonly #author: EtcdAuthor;
  readonly #watches = new Set<EtcdWatch>();
  #baseline: EtcdBaseline | undefined;

  /**
   * Opens nothing yet.
   *
   * @throws {FeatureStoreError} INVALID_ARGUMENT, naming the option
   */
  constructor(options: EtcdSourceOptions) {
    this.#options = compileEtcdOptions(options);
    this.#keys = new EtcdKeys(this.#options.root);
    this.#client = new EtcdClient(this.#options);
    this.#author = new EtcdAuthor({
      keys: this.#keys,
      operationsMax: TXN_OPERATIONS_MAX,
      call: (action, act) => this.#client.call(action, act),
      load: async (signal) => (await this.#load(signal)).tree,
    });
    this.name = `etcd:${this.#options.root}`;
  }

  /** Tries each endpoint once. @throws {FeatureStoreError} UNAVAILABLE, PERMISSION_DENIED */
  async load(signal: AbortSignal): Promise<RegistryTree> {
    const { tree, baseline } = await this.#load(signal);
    this.#baseline = baseline;
    return tree;
  }

  /**
   * First puts what a write of {@link TXN_OPERATIONS_MAX} changes or more has left where its process ended in the middle.
   *
   * @throws {FeatureStoreError} UNAVAILABLE, PERMISSION_DENIED
   */
  loadForWrite(signal: AbortSignal): ReturnType<RegistryAuthor["loadForWrite"]> {
    return this.#author.loadForWrite(signal);
  }

  /**
   * Needs rights on `/ofs<root>/author` as well, for example `/ofs/config/onfs/author`. Not repeated after a failure.
   *
   * @throws {FeatureStoreError} UNAVAILABLE (it may have been written); INVALID_ARGUMENT for a bad path, more than 127
   * conditions (`absent` counts twice) or too many bytes; PERMISSION_DENIED
   */
  writeIf(
    changes: readonly RegistryChange[],
    expectations: readonly RegistryExpectation[],
    receipt?: string,
  ): Promise<ConditionalWrite> {
    return this.#author.writeIf(changes, expectations, receipt);
  }

  /** @param fromRevision that of a tree which this source loaded */
  watch(fromRevision: Revision, watcher: RegistryWatcher): () => Promise<void> {
    if (!this.#options.isWatchEnabled) return async () => undefined;
    const baseline = this.#baseline;
    if (baseline === undefined) {
      queueMicrotask(() => watcher.onGap("nothing is loaded yet"));
      return async () => undefined;
    }
    const watch = new EtcdWatch(this.#options, this.#keys, fromRevision, baseline, watcher);
    this.#watches.add(watch);
    watch.start();
    return async () => {
      this.#watches.delete(watch);
      await watch.stop();
    };
  }

  /** @throws {FeatureStoreError} UNAVAILABLE, PERMISSION_DENIED */
  lastChange(signal: AbortSignal): Promise<Revision> {
    return this.#client.call("read the last change", (connection) =>
      readLastChange(connection, this.#keys, signal),
    );
  }

  /**
   * Applies all changes in one transaction. Not repeated after a failure: it may have been applied.
   *
   * @throws {FeatureStoreError} INVALID_ARGUMENT for a bad path, more changes than a transaction takes
   * or too large ones; PERMISSION_DENIED; DEADLINE_EXCEEDED; UNAVAILABLE
   */
  async write(
    changes: readonly RegistryChange[],
    options: EtcdWriteOptions = {},
  ): Promise<Revision> {
    for (const { path } of changes) assertPath(path);
    const operations = [...foldChanges(changes)].map(([path, value]) =>
      toOperation(this.#keys, { path, value }),
    );
    if (operations.length > TXN_OPERATIONS_MAX && options.isChunked !== true) {
      const reason = `${operations.length} changes are more than the ${TXN_OPERATIONS_MAX} of one transaction`;
      throw new FeatureStoreError("INVALID_ARGUMENT", `etcd: write: ${reason}`);
    }
    const { signal } = new AbortController();
    if (operations.length === 0) {
      const now = await this.#client.call("read the revision", (connection) =>
        readBaseline(connection, this.#keys, false, signal),
      );
      return now.revision;
    }
    let revision: Revision = 0;
    for (let start = 0; start < operations.length; start += TXN_OPERATIONS_MAX) {
      const chunk = operations.slice(start, start + TXN_OPERATIONS_MAX);
      const { header } = await this.#client.call("write", (connection) =>
        connection.txn(chunk, signal),
      );
      revision = Number(header.revision);
    }
    return revision;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#watches].map((watch) => watch.stop()));
    this.#watches.clear();
    this.#client.close();
  }

  /** Tries each endpoint once. */
  async #load(signal: AbortSignal): Promise<LoadedTree> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#client.call("load", (connection) =>
          loadEtcdTree(connection, this.#keys, signal),
        );
      } catch (error) {
        if (attempt >= this.#client.endpointCount || signal.aborted) throw error;
      }
    }
  }
}
