import { SCAN_CHUNK_BYTES } from "./limits.ts";
import type { LogDisk } from "./log-disk.ts";
import type { ScanWindow } from "./segment-scan.ts";

/** A file that is read from its beginning to its end, in large pieces. */
export class FileWindow implements ScanWindow {
  readonly sizeBytes: number;
  readonly #disk: LogDisk;
  readonly #file: number;
  #bytes: Buffer = Buffer.alloc(0);
  #start = 0;

  constructor(disk: LogDisk, file: number, sizeBytes: number) {
    this.#disk = disk;
    this.#file = file;
    this.sizeBytes = sizeBytes;
  }

  async load(position: number, length: number): Promise<{ bytes: Buffer; at: number }> {
    const at = position - this.#start;
    if (at < 0 || at + length > this.#bytes.length) {
      const wanted = Math.min(Math.max(length, SCAN_CHUNK_BYTES), this.sizeBytes - position);
      const bytes = Buffer.allocUnsafe(wanted);
      const count = await this.#disk.read(this.#file, bytes, position);
      if (count < length) throw new Error(`file ends at ${position + count}, before its size`);
      this.#bytes = bytes.subarray(0, count);
      this.#start = position;
      return { bytes: this.#bytes, at: 0 };
    }
    return { bytes: this.#bytes, at };
  }
}
