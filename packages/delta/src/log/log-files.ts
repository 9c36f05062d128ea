import type { StorageEntry } from "../storage/table-storage.ts";

export const LOG_FOLDER = "_delta_log";
const VERSION_DIGITS = 20;
const COMMIT = /^(\d{20})\.json$/;
const COMPACTED = /^(\d{20})\.(\d{20})\.compacted\.json$/;
const CLASSIC = /^(\d{20})\.checkpoint\.parquet$/;
const MULTI_PART = /^(\d{20})\.checkpoint\.(\d{10})\.(\d{10})\.parquet$/;
const V2 = /^(\d{20})\.checkpoint\.[0-9A-Fa-f-]{36}\.(json|parquet)$/;

export interface LogFile {
  /** Relative to the table. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

/** All that stands for the state at a version. */
export interface Checkpoint {
  readonly version: number;
  /** One, or all parts in their order. */
  readonly files: readonly LogFile[];
  readonly format: "parquet" | "json";
  readonly modifiedMs: number;
}

/** Commits `first` to `last` in one file. */
export interface CompactedCommits {
  readonly first: number;
  readonly last: number;
  readonly file: LogFile;
}

/** What a listing of the log's folder shows. */
export class LogFiles {
  readonly commits: ReadonlyMap<number, LogFile>;
  readonly compacted: readonly CompactedCommits[];
  /** Complete ones, the newest last. */
  readonly checkpoints: readonly Checkpoint[];

  private constructor(
    commits: ReadonlyMap<number, LogFile>,
    compacted: readonly CompactedCommits[],
    checkpoints: readonly Checkpoint[],
  ) {
    this.commits = commits;
    this.compacted = compacted;
    this.checkpoints = checkpoints;
  }

  /** Other files are passed over. */
  static of(entries: readonly StorageEntry[]): LogFiles {
    const commits = new Map<number, LogFile>();
    const compacted: CompactedCommits[] = [];
    const checkpoints: Checkpoint[] = [];
    const parts = new Map<string, LogFile[]>();
    for (const { name, ...rest } of entries) {
      const file: LogFile = { path: `${LOG_FOLDER}/${name}`, ...rest };
      const range = COMPACTED.exec(name);
      const part = MULTI_PART.exec(name);
      if (range !== null) {
        compacted.push({ first: Number(range[1]), last: Number(range[2]), file });
      } else if (part !== null) {
        const key = `${part[1]}.${part[3]}`;
        parts.set(key, [...(parts.get(key) ?? []), file]);
      } else {
        addSingle(name, file, commits, checkpoints);
      }
    }
    for (const [key, files] of parts) {
      const [version, count] = key.split(".").map(Number);
      if (version !== undefined && files.length === count) {
        checkpoints.push({ version, files, format: "parquet", modifiedMs: youngest(files) });
      }
    }
    checkpoints.sort((left, right) => left.version - right.version);
    return new LogFiles(commits, compacted, checkpoints);
  }

  /** @returns undefined if there is nothing */
  get latestVersion(): number | undefined {
    const versions = [...this.commits.keys(), this.checkpoints.at(-1)?.version ?? -1];
    const latest = versions.reduce((left, right) => Math.max(left, right), -1);
    return latest < 0 ? undefined : latest;
  }

  /** The newest complete one that is not younger than the version. */
  checkpointUpTo(version: number): Checkpoint | undefined {
    return this.checkpoints.findLast((checkpoint) => checkpoint.version <= version);
  }

  /**
   * The files to read after `from`, in order, to come to `to`: compacted ones where they fit.
   *
   * @returns the missing version if there is a gap
   */
  commitsBetween(from: number, to: number): LogFile[] | { readonly missing: number } {
    const files: LogFile[] = [];
    for (let version = from + 1; version <= to; ) {
      const wide = this.#widest(version, to);
      const file = wide?.file ?? this.commits.get(version);
      if (file === undefined) return { missing: version };
      files.push(file);
      version = (wide?.last ?? version) + 1;
    }
    return files;
  }

  #widest(first: number, lastMax: number): CompactedCommits | undefined {
    return this.compacted
      .filter((file) => file.first === first && file.last > first && file.last <= lastMax)
      .reduce<CompactedCommits | undefined>(
        (best, file) => (best === undefined || file.last > best.last ? file : best),
        undefined,
      );
  }
}

function addSingle(
  name: string,
  file: LogFile,
  commits: Map<number, LogFile>,
  checkpoints: Checkpoint[],
): void {
  const commit = COMMIT.exec(name);
  if (commit !== null) {
    commits.set(Number(commit[1]), file);
    return;
  }
  const match = CLASSIC.exec(name) ?? V2.exec(name);
  if (match === null) return;
  const format = match[2] === "json" ? "json" : "parquet";
  const { modifiedMs } = file;
  checkpoints.push({ version: Number(match[1]), files: [file], format, modifiedMs });
}

/** Start of the names of a version's files. */
export function versionText(version: number): string {
  return String(version).padStart(VERSION_DIGITS, "0");
}

export function commitPath(version: number): string {
  return `${LOG_FOLDER}/${versionText(version)}.json`;
}

function youngest(files: readonly LogFile[]): number {
  return files.reduce((time, { modifiedMs }) => Math.max(time, modifiedMs), 0);
}
