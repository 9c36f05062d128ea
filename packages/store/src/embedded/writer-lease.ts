import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FeatureStoreError } from "@ofs/platform";

const WRITERS_FOLDER = "writers";

/** Start times of one process differ by no more than this, as they are computed from two clocks. */
const START_TOLERANCE_SECONDS = 5;

/** What a writer says of itself in its file. */
interface Writer {
  readonly pid: number;
  readonly format: number;
  /** Unix seconds at which the process began: ids are used again, in containers by each restart. */
  readonly startedAtSeconds: number;
}

/**
 * Says that this process writes the folder, in a file of its own, and refuses to if another live process
 * writes it in another format: several writers of one format are safe, of two formats they are not.
 * Files of processes that are gone are removed.
 */
export class WriterLease {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /**
   * @throws {FeatureStoreError} FAILED_PRECONDITION if a process with another format writes the folder
   */
  static acquire(folder: string, format: number): WriterLease {
    const writersFolder = join(folder, WRITERS_FOLDER);
    mkdirSync(writersFolder, { recursive: true });
    const ownName = `${process.pid}-${randomUUID()}.json`;
    const lease = new WriterLease(join(writersFolder, ownName));
    const own: Writer = { pid: process.pid, format, startedAtSeconds: ownStartSeconds() };
    writeFileSync(lease.#path, JSON.stringify(own));

    // Own file first, then the look at the others: of two that start at once, at least one sees the other.
    for (const name of readdirSync(writersFolder)) {
      if (name === ownName) continue;
      const other = readWriter(join(writersFolder, name));
      if (other === undefined) continue;
      if (!isAlive(other)) {
        rmSync(join(writersFolder, name), { force: true });
      } else if (other.format !== format) {
        lease.release();
        throw new FeatureStoreError(
          "FAILED_PRECONDITION",
          `embedded store in ${folder}: process ${other.pid} writes it in format ${other.format}, ` +
            `this one would in format ${format}; stop that process first (if it is not a writer of ` +
            `this folder, remove ${join(writersFolder, name)})`,
        );
      }
    }
    return lease;
  }

  release(): void {
    rmSync(this.#path, { force: true });
  }
}

/** Ids of the processes that write the folder, this one included. */
export function embeddedWriters(folder: string): readonly number[] {
  const writersFolder = join(folder, WRITERS_FOLDER);
  if (!existsSync(writersFolder)) return [];
  return readdirSync(writersFolder)
    .map((name) => readWriter(join(writersFolder, name)))
    .filter((writer) => writer !== undefined)
    .filter(isAlive)
    .map(({ pid }) => pid);
}

/** @returns undefined for a file that is gone, or not (yet) written in full */
function readWriter(path: string): Writer | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  }
  try {
    const value: unknown = JSON.parse(text);
    return isWriter(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isWriter(value: unknown): value is Writer {
  return (
    typeof value === "object" &&
    value !== null &&
    "pid" in value &&
    typeof value.pid === "number" &&
    "format" in value &&
    typeof value.format === "number" &&
    "startedAtSeconds" in value &&
    typeof value.startedAtSeconds === "number"
  );
}

function ownStartSeconds(): number {
  return Math.round(Date.now() / 1000 - process.uptime());
}

function isAlive({ pid, startedAtSeconds }: Writer): boolean {
  if (pid === process.pid) {
    return Math.abs(startedAtSeconds - ownStartSeconds()) <= START_TOLERANCE_SECONDS;
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not allowed to signal it, so it lives.
    return isErrno(error, "EPERM");
  }
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
