import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { FeatureStoreError } from "@ofs/platform";
import { type Database, open, type RootDatabase } from "lmdb";
import { CommitQueue } from "./commit-queue.ts";
import { refuseDataFile } from "./data-file-check.ts";
import { closedFailure, commitFailureCause, embeddedFailure } from "./embedded-failures.ts";
import { WriterLease } from "./writer-lease.ts";

/** How the folder is written. A folder of another format is refused, never guessed at. */
export const EMBEDDED_FORMAT = 1;

/** File of the database inside the folder; lmdb puts `-lock` beside it. */
const DATA_FILE = "data.mdb";

/** Processes and threads that may read at once. */
const MAX_READERS = 512;

/** Named tables that one file may hold. */
const MAX_TABLES = 64;

/** Tables that a writer creates when it opens the folder, so that readers always find them. */
const TABLE_NAMES = [
  "meta",
  "blocks",
  "registry",
  "registry_log",
  "row_tables",
  "rows",
  "row_registry",
  "row_registry_log",
] as const;

export type EmbeddedTableName = (typeof TABLE_NAMES)[number];

/**
 * Keys and values as bytes. `getBinaryFast` gives a view that the next get overwrites: copy what is kept.
 * Write only inside {@link EmbeddedEnvironment.commit}.
 */
export type EmbeddedTable = Database<Uint8Array, Uint8Array>;

const FORMAT_KEY = Buffer.from("format");

export interface EmbeddedEnvironmentOptions {
  /** For processes that only read. The folder must have been opened for writing once. */
  readonly readOnly?: boolean;
}

/**
 * Opens one data folder: everything that an embedded fleet stores is in it. Several processes on one host
 * may have it open, for reading and for writing.
 *
 * @param folder is created if absent, unless `readOnly`
 * @throws {FeatureStoreError} FAILED_PRECONDITION if the folder is of another format or another process
 *   writes it in another format; UNAVAILABLE if it cannot be opened
 */
export function openEmbeddedEnvironment(
  folder: string,
  options: EmbeddedEnvironmentOptions = {},
): EmbeddedEnvironment {
  const readOnly = options.readOnly ?? false;
  let lease: WriterLease | undefined;
  let root: RootDatabase<Uint8Array, Uint8Array> | undefined;
  try {
    if (readOnly) assertDataFile(folder);
    else mkdirSync(folder, { recursive: true });
    assertDatabase(folder);
    if (!readOnly) lease = WriterLease.acquire(folder, EMBEDDED_FORMAT);
    root = openRoot(folder, readOnly);
    const tables = openTables(root, folder);
    checkFormat(root, tables.meta, folder, readOnly);
    return new EmbeddedEnvironment(folder, root, tables, lease);
  } catch (error) {
    // `close` of lmdb does its work before it returns where nothing was written.
    void root?.close();
    lease?.release();
    if (error instanceof FeatureStoreError) throw error;
    throw embeddedFailure(folder, "cannot be opened", error);
  }
}

/** One open data folder. Owns the database; stores, sources and logs work on its tables. */
export class EmbeddedEnvironment {
  readonly folder: string;
  readonly #root: RootDatabase<Uint8Array, Uint8Array>;
  readonly #tables: Record<EmbeddedTableName, EmbeddedTable>;
  readonly #lease: WriterLease | undefined;
  readonly #commits: CommitQueue;
  #closing: Promise<void> | undefined;
  /** lmdb must not be touched any more: it would end the process. */
  #isRootClosed = false;

  /** Use {@link openEmbeddedEnvironment}. */
  constructor(
    folder: string,
    root: RootDatabase<Uint8Array, Uint8Array>,
    tables: Record<EmbeddedTableName, EmbeddedTable>,
    lease: WriterLease | undefined,
  ) {
    this.folder = folder;
    this.#root = root;
    this.#tables = tables;
    this.#lease = lease;
    this.#commits = new CommitQueue(
      (runActions) => root.transaction(runActions),
      async (error) => embeddedFailure(folder, "commit failed", await commitFailureCause(error)),
      `embedded store in ${folder}`,
    );
  }

  get isReadOnly(): boolean {
    return this.#lease === undefined;
  }

  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  /**
   * Take it anew for each piece of work: a table must not be touched once the folder is closed.
   *
   * @throws {FeatureStoreError} UNAVAILABLE when all changes given before `close` are done
   */
  table(name: EmbeddedTableName): EmbeddedTable {
    if (this.#isRootClosed) throw closedFailure(this.folder);
    return this.#tables[name];
  }

  /** @throws {FeatureStoreError} UNAVAILABLE after `close` */
  assertOpen(): void {
    if (this.isClosed) throw closedFailure(this.folder);
  }

  /** Lets the reads that follow see everything that any process has committed until now. */
  refresh(): void {
    this.assertOpen();
    this.#root.resetReadTxn();
  }

  /**
   * Runs a change in a transaction. Changes that are given while another is being synced share one
   * transaction and one sync, in the order given.
   *
   * @param change reads and writes tables, synchronously; it sees what was committed before it, by any
   *   process. If it throws, nothing of it is kept.
   * @param sizeBytes about how much it writes
   * @returns what the change gave, once it is on disk
   * @throws {FeatureStoreError} UNAVAILABLE (closed, commit failed), RESOURCE_EXHAUSTED (too much waits),
   *   FAILED_PRECONDITION (read-only)
   */
  async commit<T>(change: () => T, sizeBytes: number): Promise<T> {
    this.assertOpen();
    if (this.isReadOnly) {
      throw new FeatureStoreError(
        "FAILED_PRECONDITION",
        `embedded store in ${this.folder}: opened for reading only`,
      );
    }
    // Inside a transaction, lmdb runs a child transaction on the spot and hands its result back as it is.
    const isolated = (): T => this.#root.childTransaction(change) as T;
    return this.#commits.run(isolated, sizeBytes);
  }

  /**
   * Copies the database of one moment into a new file, without the room of what was deleted. Any process may write meanwhile.
   *
   * @param path of a file that is not there yet
   * @throws {FeatureStoreError} UNAVAILABLE, for a full disk for example; then there may be a part of the file
   */
  async copyTo(path: string): Promise<void> {
    this.refresh();
    try {
      await this.#root.backup(path, true);
    } catch (error) {
      throw embeddedFailure(this.folder, "cannot be copied", error);
    }
  }

  /** Entries of each table that the reads of now see. */
  countEntries(): Readonly<Record<EmbeddedTableName, number>> {
    this.refresh();
    const counts = TABLE_NAMES.map((name) => {
      const { entryCount } = this.table(name).getStats() as { readonly entryCount: number };
      return [name, entryCount] as const;
    });
    return Object.fromEntries(counts) as Record<EmbeddedTableName, number>;
  }

  /** Waits for what is queued, then closes. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#commits.idle();
    this.#isRootClosed = true;
    await this.#root.close();
    this.#lease?.release();
  }
}

function assertDataFile(folder: string): void {
  if (existsSync(join(folder, DATA_FILE))) return;
  throw new FeatureStoreError(
    "FAILED_PRECONDITION",
    `embedded store in ${folder}: nothing to read; open it for writing first`,
  );
}

function assertDatabase(folder: string): void {
  const path = join(folder, DATA_FILE);
  const reason = existsSync(path) ? refuseDataFile(path) : undefined;
  if (reason === undefined) return;
  throw new FeatureStoreError(
    "FAILED_PRECONDITION",
    `embedded store in ${folder}: ${DATA_FILE} cannot be opened: ${reason}`,
  );
}

function openRoot(folder: string, readOnly: boolean): RootDatabase<Uint8Array, Uint8Array> {
  return open<Uint8Array, Uint8Array>({
    path: join(folder, DATA_FILE),
    noSubdir: true,
    readOnly,
    encoding: "binary",
    keyEncoding: "binary",
    maxDbs: MAX_TABLES,
    maxReaders: MAX_READERS,
    // A commit returns when it is on disk, so an acknowledged change survives a crash of the machine.
    overlappingSync: false,
    // Batching is ours (CommitQueue). lmdb's own leaves a promise that nobody can handle when a commit fails.
    eventTurnBatching: false,
  });
}

function openTables(
  root: RootDatabase<Uint8Array, Uint8Array>,
  folder: string,
): Record<EmbeddedTableName, EmbeddedTable> {
  const tables = TABLE_NAMES.map((name) => {
    const table: EmbeddedTable | undefined = root.openDB<Uint8Array, Uint8Array>(name, {
      encoding: "binary",
      keyEncoding: "binary",
    });
    if (table !== undefined) return [name, table] as const;
    throw new FeatureStoreError(
      "FAILED_PRECONDITION",
      `embedded store in ${folder}: table ${name} is missing; open it for writing once`,
    );
  });
  return Object.fromEntries(tables) as Record<EmbeddedTableName, EmbeddedTable>;
}

function checkFormat(
  root: RootDatabase<Uint8Array, Uint8Array>,
  meta: EmbeddedTable,
  folder: string,
  readOnly: boolean,
): void {
  const own = Buffer.from(String(EMBEDDED_FORMAT));
  const found = readOnly
    ? meta.getBinary(FORMAT_KEY)
    : root.transactionSync(() => {
        const existing = meta.getBinary(FORMAT_KEY);
        if (existing === undefined) meta.putSync(FORMAT_KEY, own);
        return existing ?? own;
      });
  if (found !== undefined && own.equals(found)) return;
  throw new FeatureStoreError(
    "FAILED_PRECONDITION",
    `embedded store in ${folder}: its format is ${found?.toString() ?? "unknown"}, ` +
      `this version reads ${EMBEDDED_FORMAT} only`,
  );
}
