import type { ListOptions, LocalFile, StorageEntry, TableStorage } from "@ofs/delta";
import type { WorkTimes } from "./work-times.ts";

/** A storage whose calls count as the worker's time for it. */
export class TimedStorage implements TableStorage {
  readonly location: string;
  readonly #storage: TableStorage;
  readonly #times: WorkTimes;

  constructor(storage: TableStorage, times: WorkTimes) {
    this.location = storage.location;
    this.#storage = storage;
    this.#times = times;
  }

  list(folder: string, options?: ListOptions): Promise<StorageEntry[]> {
    return this.#times.inStorage(() => this.#storage.list(folder, options));
  }

  read(path: string, maxBytes: number, signal?: AbortSignal): Promise<Buffer> {
    return this.#times.inStorage(() => this.#storage.read(path, maxBytes, signal));
  }

  readRange(path: string, offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    return this.#times.inStorage(() => this.#storage.readRange(path, offset, length, signal));
  }

  fetch(path: string, sizeBytes: number | undefined, signal?: AbortSignal): Promise<LocalFile> {
    return this.#times.inStorage(() => this.#storage.fetch(path, sizeBytes, signal));
  }

  close(): Promise<void> {
    return this.#storage.close();
  }
}
