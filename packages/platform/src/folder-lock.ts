import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { FeatureStoreError } from "./errors.ts";

/** Locks of processes that are gone which one start may clear away. */
const MAX_STALE_LOCKS = 5;

const holderSchema = z.object({
  pid: z.number().int().positive(),
  /** Tells a process from a later one that got the same id; empty where the system does not tell. */
  startedAt: z.string(),
});

type Holder = z.output<typeof holderSchema>;

export interface FolderLockOptions {
  /** The file that is the lock. While it is taken there may be others beside it for a moment, with its name and a suffix. */
  readonly file: string;
  /** The error's text. @param reason `process 7 has it open`, for example */
  describe(reason: string): string;
}

/**
 * One process at a time in a folder: a file that names the process, made in one step. A lock whose process is gone (killed,
 * or the machine restarted) is cleared away. Processes that do not see each other (containers) are not kept apart.
 */
export class FolderLock {
  readonly #file: string;

  private constructor(file: string) {
    this.#file = file;
  }

  /** @throws {FeatureStoreError} FAILED_PRECONDITION if another process has it, or this one */
  static acquire(options: FolderLockOptions): FolderLock {
    const { file } = options;
    const own = `${file}.${process.pid}`;
    const holder: Holder = { pid: process.pid, startedAt: startOf(process.pid) ?? "" };
    writeFileSync(own, JSON.stringify(holder));
    try {
      for (let attempt = 0; attempt < MAX_STALE_LOCKS; attempt++) {
        if (tryLink(own, file)) return new FolderLock(file);
        clearStale(options);
      }
    } finally {
      rmSync(own, { force: true });
    }
    throw inUse(options, "other processes are opening it");
  }

  release(): void {
    rmSync(this.#file, { force: true });
  }
}

/** @returns false if the lock is taken */
function tryLink(own: string, file: string): boolean {
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** @throws {FeatureStoreError} FAILED_PRECONDITION if the lock's process lives */
function clearStale(options: FolderLockOptions): void {
  const { file } = options;
  const text = readText(file);
  if (text === undefined) return;
  const holder = parseHolder(text);
  if (holder !== undefined && isRunning(holder)) {
    throw inUse(options, `process ${holder.pid} has it open`);
  }
  // Moved away first: if another start has just replaced the lock, that one is put back.
  const moved = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, moved);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  if (readText(moved) !== text) tryLink(moved, file);
  rmSync(moved, { force: true });
}

function isRunning({ pid, startedAt }: Holder): boolean {
  const actual = startOf(pid);
  if (actual !== undefined && startedAt !== "") return actual === startedAt;
  // In a container that was restarted the same id comes again.
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not allowed to signal it: it lives.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** @returns when the process was started, in ticks since the machine was; undefined if it or `/proc` is not there */
function startOf(pid: number): string | undefined {
  const status = readText(`/proc/${pid}/stat`);
  // The second field is the program's name in brackets, and may hold anything.
  return status?.slice(status.lastIndexOf(")") + 2).split(" ")[19];
}

function parseHolder(text: string): Holder | undefined {
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    // Whatever wrote it is none of ours: locks come complete, by a link.
    return undefined;
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function inUse(options: FolderLockOptions, reason: string): FeatureStoreError {
  return new FeatureStoreError("FAILED_PRECONDITION", options.describe(reason));
}
