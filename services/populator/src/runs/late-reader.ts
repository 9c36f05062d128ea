import { FileReader } from "@ofs/delta";

/** Starts the threads that decode files when the first file is to be read: they take time and memory. */
export class LateReader {
  readonly #threadCount: number;
  #opening: Promise<FileReader> | undefined;
  #isClosed = false;

  constructor(threadCount: number) {
    this.#threadCount = threadCount;
  }

  /** @throws {DeltaError} if there is no decoder; the next call tries again */
  async open(): Promise<FileReader> {
    if (this.#isClosed) throw new Error("the reader is closed");
    this.#opening ??= FileReader.open({ threadCount: this.#threadCount });
    try {
      return await this.#opening;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await (await this.#opening)?.close();
  }
}
