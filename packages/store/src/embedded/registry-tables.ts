import { CodecError } from "@ofs/codec";
import {
  firstConflict,
  parseReceipts,
  type RegistryChange,
  type RegistryChanges,
  type RegistryExpectation,
  type RegistryTree,
  type Revision,
  withReceipt,
} from "@ofs/registry";
import type { EmbeddedEnvironment, EmbeddedTableName } from "./environment.ts";
import {
  decodeChanges,
  decodeEntry,
  encodeEntry,
  entryKey,
  HASHED_ENTRIES,
  plainEntriesBelow,
  revisionKey,
} from "./registry-bytes.ts";

/** Revisions whose changes are kept for watchers that lag behind. */
const MAX_LOG_REVISIONS = 10_000;

/** Bytes that those changes may take. */
const MAX_LOG_BYTES = 16 * 1024 * 1024;

/** The registries of a folder, by dialect; each has revisions of its own. */
export type RegistryDialect = "block" | "row";

/** Where one registry is kept. */
interface RegistryPlace {
  readonly entries: EmbeddedTableName;
  readonly log: EmbeddedTableName;
  /** In `meta`: where the registry stands. */
  readonly stateKey: Buffer;
  /** In `meta`: revision of the last conditional write, as decimal text. */
  readonly authorKey: Buffer;
  /** In `meta`: receipts of the newest conditional writes, as JSON. */
  readonly receiptsKey: Buffer;
}

const PLACES: Readonly<Record<RegistryDialect, RegistryPlace>> = {
  block: {
    entries: "registry",
    log: "registry_log",
    stateKey: Buffer.from("registry"),
    authorKey: Buffer.from("registry_author"),
    receiptsKey: Buffer.from("registry_receipts"),
  },
  row: {
    entries: "row_registry",
    log: "row_registry_log",
    stateKey: Buffer.from("row_registry"),
    authorKey: Buffer.from("row_registry_author"),
    receiptsKey: Buffer.from("row_registry_receipts"),
  },
};

/** Where the registry stands. */
export interface RegistryState {
  readonly revision: Revision;
  /** Changes are kept of the revisions after this one. */
  readonly compactedAt: Revision;
  readonly logBytes: number;
}

/** A new folder is at revision 1, as an etcd is. */
const INITIAL_STATE: RegistryState = { revision: 1, compactedAt: 1, logBytes: 0 };

/** The registry's rows in the data folder. Readers call `refresh` of the environment first. */
export class RegistryTables {
  readonly #environment: EmbeddedEnvironment;
  readonly #place: RegistryPlace;

  constructor(environment: EmbeddedEnvironment, dialect: RegistryDialect) {
    this.#environment = environment;
    this.#place = PLACES[dialect];
  }

  /** @throws {CodecError} if the stored state is damaged */
  state(): RegistryState {
    const bytes = this.#environment.table("meta").getBinary(this.#place.stateKey);
    return bytes === undefined ? INITIAL_STATE : decodeState(bytes);
  }

  /** State and entries of one moment: reads between two events see one snapshot of the database. */
  tree(): RegistryTree {
    const { revision } = this.state();
    const entries = new Map<string, Uint8Array>();
    for (const { value: bytes } of this.#environment.table(this.#place.entries).getRange()) {
      const { path, value } = decodeEntry(bytes);
      entries.set(path, value);
    }
    return { entries, revision };
  }

  /** Changes after a revision, one element a revision. All of them must be kept still. */
  changesAfter(revision: Revision): RegistryChanges[] {
    const log = this.#environment.table(this.#place.log);
    const start = revisionKey(revision + 1);
    const batches: RegistryChanges[] = [];
    let next = revision + 1;
    for (const { value } of log.getRange({ start })) {
      batches.push({ changes: decodeChanges(value), revision: next });
      next++;
    }
    return batches;
  }

  /** Revision of the last conditional write; 0 = never. @throws {CodecError} if it is damaged */
  authorRevision(): Revision {
    const bytes = this.#environment.table("meta").getBinary(this.#place.authorKey);
    if (bytes === undefined) return 0;
    const text = Buffer.from(bytes).toString("utf8");
    if (/^\d{1,15}$/.test(text)) return Number(text);
    throw new CodecError("CORRUPT", `registry author ${text.slice(0, 100)}`, 0);
  }

  /** Of the newest conditional writes, the last one last. @throws {CodecError} if they are damaged */
  receipts(): readonly string[] {
    const bytes = this.#environment.table("meta").getBinary(this.#place.receiptsKey);
    if (bytes === undefined) return [];
    const text = Buffer.from(bytes).toString("utf8");
    try {
      return parseReceipts(JSON.parse(text));
    } catch (cause) {
      throw new CodecError("CORRUPT", `registry receipts ${text.slice(0, 100)}`, 0, { cause });
    }
  }

  /** @returns the first that does not hold. Only inside a commit of the environment, where nobody else writes */
  conflict(expectations: readonly RegistryExpectation[]): RegistryExpectation | undefined {
    return firstConflict(expectations, {
      authorRevision: this.authorRevision(),
      hasAtOrBelow: (path) => this.#hasAtOrBelow(path),
      isChangedSince: (path, revision) => this.#isChangedSince(path, revision),
    });
  }

  /** As {@link apply}, as a conditional write. */
  applyAsAuthor(
    changes: readonly RegistryChange[],
    encodedChanges: Uint8Array,
    receipt: string | undefined,
  ): Revision {
    const revision = this.apply(changes, encodedChanges);
    const meta = this.#environment.table("meta");
    meta.putSync(this.#place.authorKey, Buffer.from(String(revision)));
    if (receipt !== undefined) {
      const receipts = withReceipt(this.receipts(), receipt);
      meta.putSync(this.#place.receiptsKey, Buffer.from(JSON.stringify(receipts)));
    }
    return revision;
  }

  #hasAtOrBelow(path: string): boolean {
    const table = this.#environment.table(this.#place.entries);
    if (table.getBinary(entryKey(path)) !== undefined) return true;
    const below = plainEntriesBelow(path);
    if (below !== undefined && !isEmpty(table.getRange({ ...below, limit: 1 }))) return true;
    for (const { value } of table.getRange(HASHED_ENTRIES)) {
      if (path === "" || decodeEntry(value).path.startsWith(`${path}/`)) return true;
    }
    return false;
  }

  #isChangedSince(path: string, since: Revision): boolean {
    if (since < this.state().compactedAt) return true;
    return this.changesAfter(since).some(({ changes }) =>
      changes.some((change) => change.path === path),
    );
  }

  /** Applies changes as one revision. Only inside a commit of the environment. */
  apply(changes: readonly RegistryChange[], encodedChanges: Uint8Array): Revision {
    const table = this.#environment.table(this.#place.entries);
    for (const { path, value } of changes) {
      if (value === undefined) table.removeSync(entryKey(path));
      else table.putSync(entryKey(path), encodeEntry(path, value));
    }
    const before = this.state();
    const revision = before.revision + 1;
    this.#environment.table(this.#place.log).putSync(revisionKey(revision), encodedChanges);
    const logBytes = before.logBytes + encodedChanges.length;
    const after = this.#compact({ ...before, revision, logBytes });
    this.#environment
      .table("meta")
      .putSync(this.#place.stateKey, Buffer.from(JSON.stringify(after)));
    return revision;
  }

  /** Forgets the oldest changes that are past the limits. */
  #compact(state: RegistryState): RegistryState {
    const log = this.#environment.table(this.#place.log);
    let { compactedAt, logBytes } = state;
    while (state.revision - compactedAt > MAX_LOG_REVISIONS || logBytes > MAX_LOG_BYTES) {
      compactedAt++;
      const key = revisionKey(compactedAt);
      logBytes -= log.getBinary(key)?.length ?? 0;
      log.removeSync(key);
    }
    return { ...state, compactedAt, logBytes };
  }
}

function isEmpty(range: Iterable<unknown>): boolean {
  for (const _ of range) return false;
  return true;
}

/** About how much `apply` writes. */
export function sizeOfChanges(changes: readonly RegistryChange[], encodedSize: number): number {
  return changes.reduce((sum, change) => sum + (change.value?.length ?? 0), encodedSize);
}

function decodeState(bytes: Uint8Array): RegistryState {
  const text = Buffer.from(bytes).toString("utf8");
  try {
    const value: unknown = JSON.parse(text);
    if (isState(value)) return value;
  } catch (cause) {
    throw new CodecError("CORRUPT", `registry state ${text.slice(0, 100)}`, 0, { cause });
  }
  throw new CodecError("CORRUPT", `registry state ${text.slice(0, 100)}`, 0);
}

function isState(value: unknown): value is RegistryState {
  if (typeof value !== "object" || value === null) return false;
  const { revision, compactedAt, logBytes } = value as Record<keyof RegistryState, unknown>;
  return [revision, compactedAt, logBytes].every(Number.isSafeInteger);
}
