import type { Logger } from "@ofs/platform";
import type { Revision, Snapshot } from "../model.ts";
import { SnapshotParser } from "../parse/snapshot-parser.ts";
import type { RegistrySource } from "../source.ts";
import { pause } from "./backoff.ts";
import { FaultLog } from "./fault-log.ts";
import { FileKeeper } from "./file-keeper.ts";
import { START_TIMEOUT_MS } from "./followed-source.ts";
import { RefreshGate } from "./refresh-gate.ts";
import type { Registry, RegistryOptions, RegistryStatus, SnapshotListener } from "./registry.ts";
import { SnapshotBuilder } from "./snapshot-builder.ts";
import { loadTreeSnapshot } from "./snapshot-file.ts";
import { SourceFollower } from "./source-follower.ts";
import { SnapshotSubscribers } from "./subscribers.ts";

/** Ties together: follow the source, fold changes into the tree, parse it, swap the snapshot. */
export class LiveRegistry implements Registry {
  readonly #source: RegistrySource;
  readonly #log: Logger;
  readonly #snapshotFile: string | undefined;
  readonly #startTimeoutMs: number;
  readonly #builder: SnapshotBuilder;
  readonly #follower: SourceFollower;
  readonly #subscribers: SnapshotSubscribers<Snapshot>;
  readonly #faultLog: FaultLog;
  readonly #fileKeeper: FileKeeper | undefined;
  readonly #refreshGate: RefreshGate;
  #snapshot: Snapshot | undefined;
  /** A tree of the source is served, or will be in a moment. */
  #hasSourceTree = false;
  #loadedFrom: "source" | "file" | undefined;
  #fileError: string | undefined;
  #swapCount = 0;
  #closing: Promise<void> | undefined;

  constructor(options: RegistryOptions) {
    const { source, log, snapshotFile } = options;
    this.#source = source;
    this.#log = log;
    this.#snapshotFile = snapshotFile;
    this.#startTimeoutMs = options.startTimeoutMs ?? START_TIMEOUT_MS;
    const parser = new SnapshotParser({ keepsLastGood: options.keepsLastGood ?? true });
    this.#builder = new SnapshotBuilder(parser, {
      onApplied: (snapshot) => this.#swap(snapshot),
      onFault: (error) => this.#follower.reportFault(error),
    });
    this.#subscribers = new SnapshotSubscribers(log);
    if (options.onChange !== undefined) this.#subscribers.add(options.onChange);
    this.#faultLog = new FaultLog(log);
    if (snapshotFile !== undefined) {
      this.#fileKeeper = new FileKeeper(snapshotFile, source.name, log, () => this.#builder.tree);
    }
    this.#follower = new SourceFollower(source, log, {
      onTree: (tree) => {
        this.#hasSourceTree = true;
        return this.#builder.takeTree(tree);
      },
      onChanges: (batches) => {
        this.#refreshGate.reset();
        this.#builder.takeChanges(batches);
      },
    });
    this.#refreshGate = new RefreshGate(() => this.#reread());
  }

  snapshot(): Snapshot | undefined {
    return this.#snapshot;
  }

  get revision(): Revision {
    return this.#builder.revision;
  }

  /** Begins to follow the source. Resolves when there is something to serve, or nothing to hope for. */
  async start(): Promise<void> {
    const firstTry = this.#follower.start();
    const giveUp = new AbortController();
    await Promise.race([firstTry, pause(this.#startTimeoutMs, giveUp.signal)]);
    giveUp.abort();
    if (this.#snapshot === undefined) await this.#loadFile();
  }

  status(): RegistryStatus {
    const follower = this.#follower.counts;
    return {
      isLive: this.#follower.isLive,
      source: this.#source.name,
      revision: this.#builder.revision,
      loadedFrom: this.#loadedFrom,
      lastError: this.#follower.lastError,
      fileError: this.#fileError,
      faults: this.#snapshot?.faults ?? [],
      counters: {
        ...follower,
        swapCount: this.#swapCount,
        refreshCount: this.#refreshGate.count,
        fileWriteCount: this.#fileKeeper?.counts.written ?? 0,
        fileFailureCount: this.#fileKeeper?.counts.failed ?? 0,
        listenerFailureCount: this.#subscribers.failureCount,
      },
    };
  }

  refresh(): Promise<void> {
    return this.#refreshGate.run();
  }

  onSnapshot(listener: SnapshotListener): () => void {
    return this.#subscribers.add(listener);
  }

  waitFor(
    target: Revision | ((snapshot: Snapshot) => boolean),
    timeoutMs: number,
  ): Promise<Snapshot> {
    const fits = (): Snapshot | undefined => {
      const snapshot = this.#snapshot;
      if (snapshot === undefined) return undefined;
      const isThere =
        typeof target === "number" ? this.#builder.revision >= target : target(snapshot);
      return isThere ? snapshot : undefined;
    };
    const what = typeof target === "number" ? `revision ${target}` : "the awaited state";
    return this.#subscribers.waitFor(fits, what, timeoutMs);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#subscribers.close();
    this.#builder.close();
    await this.#follower.close();
    await this.#fileKeeper?.close();
  }

  /** @returns whether it brought anything new */
  async #reread(): Promise<boolean> {
    const tree = await this.#follower.list();
    if (tree instanceof Error) {
      this.#log.warn({ err: tree }, "registry cannot be read again");
      return false;
    }
    const before = this.#builder.root;
    const isNewer = (): boolean => {
      if (tree.revision < this.#builder.tree.revision) return false;
      this.#hasSourceTree = true;
      return true;
    };
    await this.#builder.takeTree(tree, isNewer);
    return this.#builder.root !== before;
  }

  async #loadFile(): Promise<void> {
    if (this.#snapshotFile === undefined) return;
    const file = this.#snapshotFile;
    try {
      const tree = await loadTreeSnapshot(file, this.#source.name);
      if (tree === undefined) {
        this.#fileError = "there is no file";
        return;
      }
      // The source may have answered while the file was being read.
      await this.#builder.takeTree(tree, () => !this.#hasSourceTree);
      if (this.#loadedFrom !== "file") return;
      this.#log.warn(
        { file, revision: tree.revision },
        "registry source is down: serving from the snapshot file",
      );
    } catch (err) {
      this.#fileError = err instanceof Error ? err.message : String(err);
      this.#log.warn({ file, err }, "registry snapshot file is ignored");
    }
  }

  /** Puts the snapshot in place of the last one, unless nothing changed. */
  #swap(snapshot: Snapshot | undefined): void {
    this.#loadedFrom = this.#hasSourceTree ? "source" : "file";
    if (this.#hasSourceTree) this.#fileError = undefined;
    if (snapshot === undefined) {
      this.#subscribers.checkWaiting();
      return;
    }
    const previous = this.#snapshot;
    this.#snapshot = snapshot;
    this.#swapCount += 1;
    this.#faultLog.report(snapshot.faults);
    if (this.#hasSourceTree) this.#fileKeeper?.update();
    this.#subscribers.notify(snapshot, previous);
  }
}
