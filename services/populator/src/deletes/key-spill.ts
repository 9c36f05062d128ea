import { createReadStream } from "node:fs";
import { appendFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FeatureStoreError } from "@ofs/platform";

/** Keys that are compared in one go are those of one of so many parts, by their hash. */
const PARTS = 256;

/** Characters of keys in memory before they go to disk. */
const BUFFERED_MAX = 16 * 1024 * 1024;

/** Bytes on disk, unless said otherwise. */
const BYTES_MAX = 8 * 1024 ** 3;

const SIDES = ["gone", "kept"] as const;

/** Keys that were taken away, and keys that are there. */
export type Side = (typeof SIDES)[number];

export interface KeySpillOptions {
  /** Folder in which a new one is made; undefined: the system's temporary one. */
  readonly folder: string | undefined;
  readonly bytesMax: number | undefined;
  /** Keys of one batch. */
  readonly batchKeys: number;
  /** Characters of keys in memory; undefined: the usual number. */
  readonly bufferedMax?: number;
}

/**
 * Subtracts a set of keys from another, in little memory: keys are parted by their hash, parts go to disk when they are
 * many, and then one part after the other is compared. The same keys in the same order give the same order.
 */
export class KeySpill {
  readonly #options: KeySpillOptions;
  readonly #lines: Readonly<Record<Side, string[][]>> = { gone: emptyParts(), kept: emptyParts() };
  #bufferedLength = 0;
  #spilledBytes = 0;
  #folder: string | undefined;

  constructor(options: KeySpillOptions) {
    this.#options = options;
  }

  add(side: Side, key: readonly string[]): void {
    // JSON, so that a key is one line whatever it has.
    const line = JSON.stringify(key);
    this.#lines[side][hashOf(line) % PARTS]?.push(line);
    this.#bufferedLength += line.length;
  }

  /** To be called now and then: brings to disk what is too much. @throws {FeatureStoreError} RESOURCE_EXHAUSTED */
  async settle(): Promise<void> {
    const { bufferedMax = BUFFERED_MAX } = this.#options;
    if (this.#bufferedLength < bufferedMax) return;
    for (const side of SIDES) {
      for (const [part, lines] of this.#lines[side].entries()) {
        if (lines.length > 0) await this.#spill(side, part, lines);
      }
    }
    this.#bufferedLength = 0;
  }

  /** Each key once that was taken away and is not there, in batches. */
  async *difference(): AsyncGenerator<readonly (readonly string[])[]> {
    const { batchKeys } = this.#options;
    let batch: (readonly string[])[] = [];
    for (let part = 0; part < PARTS; part++) {
      for await (const lines of this.#partDifference(part)) {
        for (const line of lines) {
          batch.push(JSON.parse(line) as string[]);
          if (batch.length < batchKeys) continue;
          yield batch;
          batch = [];
        }
      }
    }
    if (batch.length > 0) yield batch;
  }

  async *#partDifference(part: number): AsyncGenerator<readonly string[]> {
    const known = new Set<string>();
    for await (const lines of this.#read("kept", part)) {
      for (const line of lines) known.add(line);
    }
    for await (const lines of this.#read("gone", part)) {
      const left = lines.filter((line) => {
        if (known.has(line)) return false;
        known.add(line);
        return true;
      });
      yield left;
    }
  }

  async close(): Promise<void> {
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
    this.#folder = undefined;
  }

  async #spill(side: Side, part: number, lines: string[]): Promise<void> {
    const { bytesMax = BYTES_MAX } = this.#options;
    this.#folder ??= await this.#createFolder();
    const bytes = Buffer.from(`${lines.join("\n")}\n`);
    this.#spilledBytes += bytes.length;
    if (this.#spilledBytes > bytesMax) {
      const reason = `the keys to compare take more than ${bytesMax} bytes`;
      throw new FeatureStoreError("RESOURCE_EXHAUSTED", reason);
    }
    await appendFile(pathOf(this.#folder, side, part), bytes);
    lines.length = 0;
  }

  async #createFolder(): Promise<string> {
    const { folder = tmpdir() } = this.#options;
    await mkdir(folder, { recursive: true });
    return mkdtemp(join(folder, "ofs-deletes-"));
  }

  /** Lines in the order in which they came: first those on disk. */
  async *#read(side: Side, part: number): AsyncGenerator<readonly string[]> {
    if (this.#folder !== undefined) yield* readLines(pathOf(this.#folder, side, part));
    yield this.#lines[side][part] ?? [];
  }
}

function emptyParts(): string[][] {
  return Array.from({ length: PARTS }, () => []);
}

function pathOf(folder: string, side: Side, part: number): string {
  return join(folder, `${side}-${part}`);
}

/** Lines end with a line feed alone: keys may have what else ends lines for others. */
async function* readLines(path: string): AsyncGenerator<readonly string[]> {
  let rest = "";
  try {
    for await (const text of createReadStream(path, { encoding: "utf8" })) {
      const lines = (rest + (text as string)).split("\n");
      rest = lines.pop() ?? "";
      yield lines;
    }
  } catch (error) {
    // Nothing of the part was brought to disk.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
