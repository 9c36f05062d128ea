import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FeatureStoreError } from "@ofs/platform";
import { isErrno } from "./log-errors.ts";

const LOCK_FILE = "writer.lock";

/** Locks of processes that are gone which one start may clear away. */
const MAX_STALE_LOCKS = 5;

/**
 * One process at a time in a log's folder: a file that names the process and when it began, made in one step.
 * The lock of a process that is gone is cleared away.
 */
export class LogLock {
  readonly #file: string;

  private constructor(file: string) {
    this.#file = file;
  }

  /** @throws {FeatureStoreError} FAILED_PRECONDITION if another process has the folder, or this one twice */
  static acquire(folder: string): LogLock {
    const file = join(folder, LOCK_FILE);
    const own = `${file}.${process.pid}`;
    writeFileSync(own, describe(process.pid));
    try {
      for (let attempt = 0; attempt < MAX_STALE_LOCKS; attempt++) {
        if (tryLink(own, file)) return new LogLock(file);
        clearStale(folder, file);
      }
    } finally {
      rmSync(own, { force: true });
    }
    throw inUse(folder, "other processes are opening it");
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
    if (isErrno(error, "EEXIST")) return false;
    throw error;
  }
}

/** @throws {FeatureStoreError} FAILED_PRECONDITION if the lock's process lives */
function clearStale(folder: string, file: string): void {
  const text = readText(file);
  if (text === undefined) return;
  const pid = livingHolder(text);
  if (pid !== undefined) throw inUse(folder, `process ${pid} has it open`);
  // Moved away first: if another process has just replaced the lock, that one is put back.
  const moved = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, moved);
  } catch (error) {
    if (isErrno(error, "ENOENT")) return;
    throw error;
  }
  if (readText(moved) !== text) tryLink(moved, file);
  rmSync(moved, { force: true });
}

/** `pid start`: ids are used again, in containers by each restart. The start is empty where the system hides it. */
function describe(pid: number): string {
  return `${pid} ${startOf(pid) ?? ""}`;
}

/** @returns the process that a lock names, if it still runs */
function livingHolder(text: string): number | undefined {
  const [, id, start] = /^(\d{1,10}) (\d*)$/.exec(text) ?? [];
  // Locks come complete, by a link: whatever wrote this was no log.
  if (id === undefined || start === undefined) return undefined;
  const pid = Number(id);
  const actual = startOf(pid);
  if (actual !== undefined && start !== "") return actual === start ? pid : undefined;
  return canSignal(pid) ? pid : undefined;
}

function canSignal(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isErrno(error, "EPERM");
  }
}

/** @returns when the process began, in ticks since the machine did; undefined if it or `/proc` is not there */
function startOf(pid: number): string | undefined {
  const status = readText(`/proc/${pid}/stat`);
  // The second field is the program's name in brackets, and may hold anything.
  return status?.slice(status.lastIndexOf(")") + 2).split(" ")[19];
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  }
}

function inUse(folder: string, reason: string): FeatureStoreError {
  return new FeatureStoreError(
    "FAILED_PRECONDITION",
    `embedded log in ${folder} is in use: ${reason}`,
  );
}
