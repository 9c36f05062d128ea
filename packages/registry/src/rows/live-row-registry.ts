import { FeatureStoreError, type Logger } from "@ofs/platform";
import type { RowCatalog } from "@ofs/rows";
import { pause } from "../live/backoff.ts";
import { FaultLog } from "../live/fault-log.ts";
import { FileKeeper } from "../live/file-keeper.ts";
import { START_TIMEOUT_MS } from "../live/followed-source.ts";
import { loadTreeSnapshot } from "../live/snapshot-file.ts";
import { SourceFollower } from "../live/source-follower.ts";
import { SnapshotSubscribers } from "../live/subscribers.ts";
import type { Revision } from "../model.ts";
import type { RegistrySource } from "../source.ts";
import { BackupPoll } from "./backup-poll.ts";
import { RevisionProbe } from "./revision-probe.ts";
import type { RowEntry } from "./row-entries.ts";
import type {
  CatalogListener,
  RowRegistry,
  RowRegistryOptions,
  RowRegistryStatus,
} from "./row-registry.ts";
import { RowTree } from "./row-tree.ts";

const BACKUP_INTERVAL_MS = 60_000;

/** Ties together: follow the source, keep the tree, make a catalog of it, swap it. */
export class LiveRowRegistry implements RowRegistry {
  readonly #source: RegistrySource;
  readonly #log: Logger;
  readonly #snapshotFile: string | undefined;
  readonly #startTimeoutMs: number;
  readonly #tree = new RowTree();
  readonly #follower: SourceFollower;
  readonly #probe: RevisionProbe;
  readonly #backupPoll: BackupPoll | undefined;
  readonly #subscribers: SnapshotSubscribers<RowCatalog>;
  readonly #faultLog: FaultLog;
  readonly #fileKeeper: FileKeeper | undefined;
  #catalog: RowCatalog | undefined;
  #loadedFrom: RowRegistryStatus["loadedFrom"];
  #fileError: string | undefined;
  #swapCount = 0;
  #closing: Promise<void> | undefined;

  constructor(options: RowRegistryOptions) {
    const { source, log, snapshotFile } = options;
    this.#source = source;
    this.#log = log;
    this.#snapshotFile = snapshotFile;
    this.#startTimeoutMs = options.startTimeoutMs ?? START_TIMEOUT_MS;
    this.#subscribers = new SnapshotSubscribers(log);
    if (options.onChange !== undefined) this.#subscribers.add(options.onChange);
    this.#faultLog = new FaultLog(log);
    if (snapshotFile !== undefined) {
      this.#fileKeeper = new FileKeeper(snapshotFile, source.name, log, () => this.#tree);
    }
    this.#follower = new SourceFollower(source, log, {
      onTree: async (tree) => this.#take("source", () => this.#tree.replace(tree)),
      onChanges: (batches) => this.#take("source", () => this.#tree.apply(batches)),
    });
    this.#probe = new RevisionProbe(source);
    const { backup, backupIntervalMs = BACKUP_INTERVAL_MS } = options;
    if (backup !== undefined) {
      this.#backupPoll = new BackupPoll(backup, backupIntervalMs, log, (entries) =>
        this.#takeBackup(entries),
      );
    }
  }

  catalog(): RowCatalog | undefined {
    return this.#catalog;
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
    if (this.#catalog === undefined) await this.#loadFile();
    if (this.#loadedFrom !== "source") await this.#startBackup();
  }

  status(): RowRegistryStatus {
    return {
      isLive: this.#follower.isLive,
      source: this.#source.name,
      revision: this.#tree.revision,
      loadedFrom: this.#loadedFrom,
      lastError: this.#follower.lastError,
      fileError: this.#fileError,
      backupError: this.#backupPoll?.error,
      faults: this.#catalog?.faults ?? [],
      counters: {
        ...this.#follower.counts,
        swapCount: this.#swapCount,
        probeCount: this.#probe.count,
        probeFailureCount: this.#probe.failureCount,
        fileWriteCount: this.#fileKeeper?.counts.written ?? 0,
        fileFailureCount: this.#fileKeeper?.counts.failed ?? 0,
        listenerFailureCount: this.#subscribers.failureCount,
      },
    };
  }

  async waitForCurrent(maxMs: number): Promise<void> {
    if (!this.#follower.isLive) return;
    const endMs = performance.now() + maxMs;
    const giveUp = new AbortController();
    const timeout = pause(maxMs, giveUp.signal).then(() => undefined);
    const last = await Promise.race([this.#probe.ask(), timeout]);
    giveUp.abort();
    if (last === undefined || last <= this.#tree.revision) return;
    try {
      await this.waitFor(last, Math.max(0, endMs - performance.now()));
    } catch (error) {
      // Too late, or closed: what is served stands.
      if (!(error instanceof FeatureStoreError)) throw error;
    }
  }

  waitFor(revision: Revision, timeoutMs: number): Promise<RowCatalog> {
    const fits = (): RowCatalog | undefined =>
      this.#tree.revision >= revision ? this.#catalog : undefined;
    return this.#subscribers.waitFor(fits, `revision ${revision}`, timeoutMs);
  }

  onCatalog(listener: CatalogListener): () => void {
    return this.#subscribers.add(listener);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#subscribers.close();
    await this.#backupPoll?.close();
    await this.#follower.close();
    await this.#probe.close();
    await this.#fileKeeper?.close();
  }

  async #loadFile(): Promise<void> {
    if (this.#snapshotFile === undefined) return;
    const file = this.#snapshotFile;
    try {
      const tree = await loadTreeSnapshot(file, this.#source.name);
      // The source may have answered while the file was being read.
      if (this.#loadedFrom !== undefined) return;
      if (tree === undefined) {
        this.#fileError = "there is no file";
        return;
      }
      this.#take("file", () => this.#tree.replace(tree));
      const { revision } = tree;
      this.#log.warn({ file, revision }, "row registry is down: serving from the snapshot file");
    } catch (err) {
      this.#fileError = err instanceof Error ? err.message : String(err);
      this.#log.warn({ file, err }, "row registry snapshot file is ignored");
    }
  }

  /** Waits for the first look only where there is nothing else to serve. */
  async #startBackup(): Promise<void> {
    const firstLook = this.#backupPoll?.start();
    if (this.#catalog !== undefined) return;
    const giveUp = new AbortController();
    await Promise.race([firstLook, pause(this.#startTimeoutMs, giveUp.signal)]);
    giveUp.abort();
  }

  #takeBackup(entries: readonly RowEntry[]): void {
    if (this.#loadedFrom === "source") return;
    const isNewer = this.#tree.takeNewer(entries);
    if (!isNewer && this.#catalog !== undefined) return;
    this.#take("backup", () => isNewer);
  }

  /** @param change carries it out on the tree, and tells whether it made a difference */
  #take(from: "source" | "file" | "backup", change: () => boolean): void {
    try {
      const isChanged = change();
      this.#loadedFrom = from;
      if (from === "source") {
        this.#fileError = undefined;
        this.#backupPoll?.stop();
      }
      if (isChanged || this.#catalog === undefined) this.#swap(from);
      else this.#subscribers.checkWaiting();
    } catch (error) {
      this.#follower.reportFault(error);
    }
  }

  #swap(from: "source" | "file" | "backup"): void {
    const previous = this.#catalog;
    const catalog = this.#tree.catalog(previous);
    this.#catalog = catalog;
    this.#swapCount += 1;
    this.#faultLog.report(catalog.faults.map((fault) => ({ ...fault, disables: "itself" })));
    if (from === "source") this.#fileKeeper?.update();
    this.#subscribers.notify(catalog, previous);
  }
}
