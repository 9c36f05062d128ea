import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { SeededRandom } from "@ofs/testkit";
import { type LogDisk, NODE_DISK } from "../../src/embedded-log/log-disk.ts";

const SECTOR_BYTES = 512;
const EMPTY = Buffer.alloc(0);

/** What every operation fails with once the power is gone. */
export class PowerLossError extends Error {
  override readonly name = "PowerLossError";
}

/**
 * A disk whose power goes after so many operations. Of what was not synced then, each sector may be old or new, a file
 * may have its old or new size, and names may be as before or after.
 */
export class PowerLossDisk implements LogDisk {
  readonly #random: SeededRandom;
  #operationsLeft: number;
  readonly #paths = new Map<number, string>();
  /** Content that is safe, of files that were opened. */
  readonly #safe = new Map<string, Buffer>();
  /** Names made or removed since their folder was synced, with what was under them before. */
  readonly #names = new Map<string, Buffer | undefined>();

  constructor(random: SeededRandom, operationsLeft: number) {
    this.#random = random;
    this.#operationsLeft = operationsLeft;
  }

  async open(path: string, flags: string): Promise<number> {
    this.#spend();
    const isThere = existsSync(path);
    if (!isThere && flags.startsWith("w")) this.#names.set(path, undefined);
    if (!this.#safe.has(path)) this.#safe.set(path, isThere ? readFileSync(path) : EMPTY);
    const file = await NODE_DISK.open(path, flags);
    this.#paths.set(file, path);
    return file;
  }

  close(file: number): Promise<void> {
    this.#paths.delete(file);
    return NODE_DISK.close(file);
  }

  read(file: number, buffer: Uint8Array, position: number): Promise<number> {
    return NODE_DISK.read(file, buffer, position);
  }

  async write(file: number, bytes: Uint8Array, position: number): Promise<void> {
    if (this.#operationsLeft === 1) {
      const length = this.#random.integer(0, bytes.length);
      await NODE_DISK.write(file, bytes.subarray(0, length), position);
    }
    this.#spend();
    await NODE_DISK.write(file, bytes, position);
  }

  sync(file: number): Promise<void> {
    this.#spend();
    const path = this.#paths.get(file) as string;
    this.#safe.set(path, readFileSync(path));
    return Promise.resolve();
  }

  async truncate(file: number, sizeBytes: number): Promise<void> {
    this.#spend();
    await NODE_DISK.truncate(file, sizeBytes);
  }

  async remove(path: string): Promise<void> {
    this.#spend();
    if (!this.#names.has(path)) this.#names.set(path, readFileSync(path));
    await NODE_DISK.remove(path);
  }

  syncFolder(folder: string): Promise<void> {
    this.#spend();
    for (const path of [...this.#names.keys()]) {
      if (dirname(path) === folder) this.#names.delete(path);
    }
    return Promise.resolve();
  }

  /** Leaves the files as the next start finds them. */
  losePower(): void {
    for (const [path, safe] of this.#safe) {
      if (existsSync(path)) writeFileSync(path, this.#mix(safe, readFileSync(path)));
    }
    for (const [path, before] of this.#names) {
      if (this.#random.next() < 0.5) continue;
      if (before === undefined) rmSync(path, { force: true });
      else writeFileSync(path, before);
    }
  }

  #mix(safe: Buffer, current: Buffer): Buffer {
    const mixed = Buffer.alloc(this.#random.pick([safe.length, current.length]));
    for (let at = 0; at < mixed.length; at += SECTOR_BYTES) {
      const source = this.#random.pick([safe, current]);
      mixed.set(source.subarray(at, Math.min(at + SECTOR_BYTES, mixed.length)), at);
    }
    return mixed;
  }

  #spend(): void {
    this.#operationsLeft -= 1;
    if (this.#operationsLeft <= 0) throw new PowerLossError("the power is gone");
  }
}
