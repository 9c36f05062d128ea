import { type LogDisk, NODE_DISK } from "../../src/embedded-log/log-disk.ts";

type Operation = "write" | "sync" | "truncate" | "open";

/** The real disk but for the syncs, which only take time here; counted, and failing where told. */
export class FaultyDisk implements LogDisk {
  readonly counts = { write: 0, sync: 0, truncate: 0, open: 0, read: 0 };
  /** Operations that fail from now on, with this code. */
  readonly failing = new Map<Operation, string>();
  /** Of a failing write: how many bytes reach the file all the same. */
  partialBytes = 0;
  /** Holds up every sync until it resolves. */
  gate: Promise<void> | undefined;

  /** Runs before a file is opened. */
  beforeOpen: (() => Promise<void>) | undefined;

  async open(path: string, flags: string): Promise<number> {
    this.#count("open");
    await this.beforeOpen?.();
    return NODE_DISK.open(path, flags);
  }

  close(file: number): Promise<void> {
    return NODE_DISK.close(file);
  }

  read(file: number, buffer: Uint8Array, position: number): Promise<number> {
    this.counts.read += 1;
    return NODE_DISK.read(file, buffer, position);
  }

  async write(file: number, bytes: Uint8Array, position: number): Promise<void> {
    if (this.failing.has("write")) {
      await NODE_DISK.write(file, bytes.subarray(0, this.partialBytes), position);
    }
    this.#count("write");
    await NODE_DISK.write(file, bytes, position);
  }

  async sync(_file: number): Promise<void> {
    this.#count("sync");
    await this.gate;
  }

  syncFolder(_folder: string): Promise<void> {
    return Promise.resolve();
  }

  async truncate(file: number, sizeBytes: number): Promise<void> {
    this.#count("truncate");
    await NODE_DISK.truncate(file, sizeBytes);
  }

  remove(path: string): Promise<void> {
    return NODE_DISK.remove(path);
  }

  #count(operation: Operation): void {
    this.counts[operation] += 1;
    const code = this.failing.get(operation);
    if (code !== undefined) throw Object.assign(new Error(`${code}: ${operation}`), { code });
  }
}
