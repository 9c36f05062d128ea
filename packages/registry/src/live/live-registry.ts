import type { Logger } from "@ofs/platform";
import type { Revision, Snapshot } from "../model.ts";
import { SnapshotParser } from "../parse/snapshot-parser.ts";
import type { RegistrySource, RegistryTree } from "../source.ts";
import type { ConfigNode } from "../tree/config-node.ts";
import { pause } from "./backoff.ts";
import { FaultLog } from "./fault-log.ts";
import { FileKeeper } from "./file-keeper.ts";
import { LiveTree } from "./live-tree.ts";
import { RefreshGate } from "./refresh-gate.ts";
import type { Registry, RegistryOptions, RegistryStatus, SnapshotListener } from "./registry.ts";
import { loadTreeSnapshot } from "./snapshot-file.ts";
import { SourceFollower } from "./source-follower.ts";
import { SnapshotSubscribers } from "./subscribers.ts";

const START_TIMEOUT_MS = 5_000;

/** Ties together: follow the source, fold changes into the tree, parse it, swap the snapshot. */
export class LiveRegistry implements Registry {
  readonly #source: RegistrySource;
  readonly #log: Logger;
  readonly #snapshotFile: string | undefined;
  readonly #startTimeoutMs: number;
  readonly #tree = new LiveTree();
  readonly #parser: SnapshotParser;
  readonly #follower: SourceFollower;
  readonly #subscribers: SnapshotSubscribers;
  readonly #faultLog: FaultLog;
  readonly #fileKeeper: FileKeeper | undefined;
  readonly #refreshGate: RefreshGate;
  #snapshot: Snapshot | undefined;
  /** What the snapshot was parsed from. */
  #parsedRoot: ConfigNode | undefined;
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
    this.#parser = new SnapshotParser({ keepsLastGood: options.keepsLastGood ?? true });
    this.#subscribers = new SnapshotSubscribers(log);
    if (options.onChange !== undefined) this.#subscribers.add(options.onChange);
    this.#faultLog = new FaultLog(log);
    if (snapshotFile !== undefined) {
      this.#fileKeeper = new FileKeeper(snapshotFile, source.name, log, () => this.#tree);
    }
    this.#follower = new SourceFollower(source, log, {
      onTree: (tree) => this.#takeTree(tree, "source"),
      onChanges: (batches) => {
        this.#refreshGate.reset();
        this.#tree.apply(batches);
        this.#swap();
      },
    });
    this.#refreshGate = new RefreshGate(() => this.#reread());
  }

  snapshot(): Snapshot | undefined {
    return this.#snapshot;
  }

  get revision(): Revision {
    return this.#tree.revision;
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
      revision: this.#tree.revision,
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
      const isThere = typeof target === "number" ? this.#tree.revision >= target : target(snapshot);
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
    if (tree.revision < this.#tree.revision) return false;
    const before = this.#tree.root;
    this.#takeTree(tree, "source");
    return this.#tree.root !== before;
  }

  async #loadFile(): Promise<void> {
    if (this.#snapshotFile === undefined) return;
    const file = this.#snapshotFile;
    try {
      const tree = await loadTreeSnapshot(file, this.#source.name);
      // The source may have answered while the file was being read.
      if (this.#snapshot !== undefined) return;
      if (tree === undefined) {
        this.#fileError = "there is no file";
        return;
      }
      this.#takeTree(tree, "file");
      this.#log.warn(
        { file, revision: tree.revision },
        "registry source is down: serving from the snapshot file",
      );
    } catch (err) {
      this.#fileError = err instanceof Error ? err.message : String(err);
      this.#log.warn({ file, err }, "registry snapshot file is ignored");
    }
  }

  #takeTree(tree: RegistryTree, from: "source" | "file"): void {
    this.#tree.replace(tree);
    this.#loadedFrom = from;
    if (from === "source") this.#fileError = undefined;
    this.#swap();
  }

  /** Parses the tree and puts its snapshot in place of the last one, unless nothing changed. */
  #swap(): void {
    const { root, revision } = this.#tree;
    if (root === this.#parsedRoot) {
      this.#subscribers.checkWaiting();
      return;
    }
    const previous = this.#snapshot;
    const snapshot = this.#parser.parse(root, revision);
    this.#snapshot = snapshot;
    this.#parsedRoot = root;
    this.#swapCount += 1;
    this.#faultLog.report(snapshot.faults);
    if (this.#loadedFrom === "source") this.#fileKeeper?.update();
    this.#subscribers.notify(snapshot, previous);
  }
}
