import { close, fdatasync, fsync, ftruncate, open, read, rename, unlink, write } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";

const openFile = promisify(open);
const closeFile = promisify(close);
const readFile = promisify(read);
const writeFile = promisify(write);
const syncFile = promisify(fdatasync);
const syncAll = promisify(fsync);
const truncateFile = promisify(ftruncate);
const renameFile = promisify(rename);
const removeFile = promisify(unlink);

/** What the log asks of files; descriptors are the system's. Tests put faults in between. */
export interface LogDisk {
  /** @param flags as of `fs.open` */
  open(path: string, flags: string): Promise<number>;
  close(file: number): Promise<void>;
  /** Reads until the buffer is full or the file ends. @returns bytes read */
  read(file: number, buffer: Uint8Array, position: number): Promise<number>;
  /** Writes all of it; after an error any part may be written. */
  write(file: number, bytes: Uint8Array, position: number): Promise<void>;
  /** Content and size are on the disk afterwards. */
  sync(file: number): Promise<void>;
  truncate(file: number, sizeBytes: number): Promise<void>;
  remove(path: string): Promise<void>;
  /** Names that were made or removed in the folder are on the disk afterwards. */
  syncFolder(folder: string): Promise<void>;
}

/** The real one. */
export const NODE_DISK: LogDisk = {
  open: (path, flags) => openFile(path, flags),
  close: (file) => closeFile(file),
  async read(file, buffer, position) {
    let done = 0;
    while (done < buffer.length) {
      const { bytesRead } = await readFile(
        file,
        buffer,
        done,
        buffer.length - done,
        position + done,
      );
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return done;
  },
  async write(file, bytes, position) {
    let done = 0;
    while (done < bytes.length) {
      const length = bytes.length - done;
      const { bytesWritten } = await writeFile(file, bytes, done, length, position + done);
      done += bytesWritten;
    }
  },
  sync: (file) => syncFile(file),
  truncate: (file, sizeBytes) => truncateFile(file, sizeBytes),
  remove: (path) => removeFile(path),
  syncFolder,
};

/** As of `LogDisk`. */
export async function syncFolder(folder: string): Promise<void> {
  const file = await openFile(folder, "r");
  try {
    await syncAll(file);
  } finally {
    await closeFile(file);
  }
}

/** Writes a small file in one step: after a crash it is as before, or new. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const next = `${path}.next`;
  const file = await openFile(next, "w");
  try {
    await NODE_DISK.write(file, Buffer.from(text), 0);
    await syncAll(file);
  } finally {
    await closeFile(file);
  }
  await renameFile(next, path);
  await syncFolder(dirname(path));
}
