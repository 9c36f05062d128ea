import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { DeltaError } from "../errors.ts";
import type { LocalFile } from "./table-storage.ts";

export const SPOOL_BYTES_MAX = 8 * 1024 ** 3;
/** Files that wait for room. */
const WAITING_MAX = 1024;

interface Waiting {
  readonly sizeBytes: number;
  readonly admit: () => void;
}

/** A folder for copies of remote files, of limited size. Room is given in the order in which it was asked for. */
export class Spool {
  readonly #parent: string;
  readonly #bytesMax: number;
  readonly #onWait: () => void;
  #folder: Promise<string> | undefined;
  readonly #waiting: Waiting[] = [];
  #usedBytes = 0;
  #nextNumber = 0;

  /**
   * @param parent folder in which a new one is made
   * @param onWait somebody begins to wait for room
   */
  constructor(
    parent: string = tmpdir(),
    bytesMax: number = SPOOL_BYTES_MAX,
    onWait: () => void = () => undefined,
  ) {
    this.#parent = parent;
    this.#bytesMax = bytesMax;
    this.#onWait = onWait;
  }

  /** Files that wait for room. */
  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** Bytes of files and of promises to files. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /**
   * Copies a stream.
   *
   * @param name of the file, for errors
   * @param sizeBytes room that it takes
   * @param open starts the stream once there is room
   * @returns the file, with its space taken until it is released
   * @throws {DeltaError} RESOURCE_EXHAUSTED if it can never fit or too many wait; whatever `open` throws
   */
  async copy(
    name: string,
    sizeBytes: number,
    open: () => Promise<Readable>,
    signal?: AbortSignal,
  ): Promise<LocalFile> {
    if (sizeBytes > this.#bytesMax) {
      throw new DeltaError(
        "RESOURCE_EXHAUSTED",
        `file ${name} has ${sizeBytes} bytes, and the spool takes ${this.#bytesMax}`,
      );
    }
    await this.#reserve(sizeBytes, signal);
    const path = join(await this.#ensureFolder(), `${this.#nextNumber++}.parquet`);
    let isReleased = false;
    const release = async (): Promise<void> => {
      if (isReleased) return;
      isReleased = true;
      await rm(path, { force: true });
      this.#free(sizeBytes);
    };
    try {
      await pipeline(await open(), createWriteStream(path, { flags: "wx" }), { signal });
    } catch (error) {
      await release();
      throw error;
    }
    return { path, release };
  }

  /** Removes the folder and what is in it. */
  async close(): Promise<void> {
    const folder = await this.#folder;
    this.#folder = undefined;
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }

  async #ensureFolder(): Promise<string> {
    this.#folder ??= this.#createFolder();
    return this.#folder;
  }

  async #createFolder(): Promise<string> {
    await mkdir(this.#parent, { recursive: true });
    return mkdtemp(join(this.#parent, "ofs-spool-"));
  }

  async #reserve(sizeBytes: number, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (this.#waiting.length === 0 && this.#usedBytes + sizeBytes <= this.#bytesMax) {
      this.#usedBytes += sizeBytes;
      return;
    }
    if (this.#waiting.length >= WAITING_MAX) {
      throw new DeltaError("RESOURCE_EXHAUSTED", `${WAITING_MAX} files wait for the spool already`);
    }
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(abortError(signal));
      };
      const admit = (): void => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      };
      const waiting: Waiting = { sizeBytes, admit };
      this.#waiting.push(waiting);
      this.#onWait();
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  #free(sizeBytes: number): void {
    this.#usedBytes -= sizeBytes;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#usedBytes + next.sizeBytes > this.#bytesMax) return;
      this.#waiting.shift();
      this.#usedBytes += next.sizeBytes;
      next.admit();
    }
  }
}

function abortError(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error(`aborted: ${String(reason)}`);
}
