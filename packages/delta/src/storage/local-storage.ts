import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { brokenTable, DeltaError, wrapError } from "../errors.ts";
import { hasScheme, parseAbsolutePath, requireInside } from "./location.ts";
import type { ListOptions, LocalFile, StorageEntry, TableStorage } from "./table-storage.ts";

/** A table in a folder of this machine. */
export class LocalStorage implements TableStorage {
  readonly location: string;

  /** @param folder absolute */
  constructor(folder: string) {
    this.location = folder;
  }

  async list(folder: string, options: ListOptions = {}): Promise<StorageEntry[]> {
    const { startAfter = "", isRecursive = false, signal } = options;
    const root = join(this.location, folder);
    const names = await listNames(root, isRecursive);
    const entries: StorageEntry[] = [];
    for (const name of names.filter((found) => compareBytes(found, startAfter) > 0)) {
      signal?.throwIfAborted();
      const info = await statOf(join(root, name));
      // A file that is gone meanwhile was not there.
      if (info?.isFile) entries.push({ name, ...info.entry });
    }
    return entries;
  }

  async read(path: string, maxBytes: number, signal?: AbortSignal): Promise<Buffer> {
    return this.#withFile(path, signal, async (file) => {
      const { size } = await file.stat();
      if (size > maxBytes) {
        throw new DeltaError(
          "RESOURCE_EXHAUSTED",
          `${path} has ${size} bytes, more than ${maxBytes}`,
        );
      }
      return file.readFile();
    });
  }

  async readRange(
    path: string,
    offset: number,
    length: number,
    signal?: AbortSignal,
  ): Promise<Buffer> {
    return this.#withFile(path, signal, async (file) => {
      const { size } = await file.stat();
      const buffer = Buffer.alloc(Math.max(0, Math.min(length, size - offset)));
      let filled = 0;
      while (filled < buffer.length) {
        const { bytesRead } = await file.read(
          buffer,
          filled,
          buffer.length - filled,
          offset + filled,
        );
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return buffer.subarray(0, filled);
    });
  }

  async fetch(path: string, sizeBytes: number | undefined): Promise<LocalFile> {
    const local = this.#resolve(path);
    const info = await statOf(local);
    if (!info?.isFile) throw new DeltaError("NOT_FOUND", `file ${path} is not there`);
    const { sizeBytes: found } = info.entry;
    if (sizeBytes !== undefined && found !== sizeBytes) {
      throw brokenTable(`file ${path} has ${found} bytes, and ${sizeBytes} in the log`);
    }
    return { path: local, release: () => Promise.resolve() };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #resolve(path: string): string {
    if (!hasScheme(path)) return join(this.location, requireInside(path));
    const location = parseAbsolutePath(path);
    if (location.scheme === "file") return location.path;
    throw new DeltaError(
      "INVALID_ARGUMENT",
      `path ${path} in the log is not local, as the table ${this.location} is`,
    );
  }

  async #withFile<T>(
    path: string,
    signal: AbortSignal | undefined,
    use: (file: FileHandle) => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted();
    let file: FileHandle | undefined;
    try {
      file = await open(this.#resolve(path));
      return await use(file);
    } catch (error) {
      if (isMissing(error)) throw new DeltaError("NOT_FOUND", `file ${path} is not there`);
      throw wrapError(error, "UNAVAILABLE", `cannot read ${path}`);
    } finally {
      await file?.close();
    }
  }
}

async function listNames(folder: string, isRecursive: boolean): Promise<string[]> {
  try {
    const names = await readdir(folder, { recursive: isRecursive });
    return names.sort(compareBytes);
  } catch (error) {
    if (isMissing(error)) return [];
    throw wrapError(error, "UNAVAILABLE", `cannot list ${folder}`);
  }
}

interface FileInfo {
  readonly isFile: boolean;
  readonly entry: Omit<StorageEntry, "name">;
}

/** @returns undefined if it is not there */
async function statOf(path: string): Promise<FileInfo | undefined> {
  try {
    const info = await stat(path);
    const modifiedMs = Math.trunc(info.mtimeMs);
    return { isFile: info.isFile(), entry: { sizeBytes: info.size, modifiedMs } };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw wrapError(error, "UNAVAILABLE", `cannot read ${path}`);
  }
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ENOTDIR";
}

/** As S3 sorts: by the bytes of UTF-8. */
export function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
