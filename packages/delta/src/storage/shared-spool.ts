import type { Readable } from "node:stream";
import { Spool } from "./spool.ts";
import type { LocalFile } from "./table-storage.ts";

/** A copy that nobody reads stays for so long: parts of one file are read one after the other. */
const IDLE_MS = 60_000;

/** A remote file as it is opened. */
export interface OpenedFile {
  readonly stream: Readable;
  /** Changes with the file's content; undefined: not told. */
  readonly tag: string | undefined;
}

/** A file to copy. */
export interface RemoteFile {
  /** Tells it from all others, whatever storage it is reached by. */
  readonly key: string;
  /** For errors. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Begins to read it; called once there is room. */
  readonly open: () => Promise<OpenedFile>;
  /** Whether a copy that has this tag is still what the file holds. */
  readonly isCurrent: (tag: string | undefined) => Promise<boolean>;
}

interface Copy {
  readonly key: string;
  readonly file: Promise<LocalFile>;
  readonly stop: AbortController;
  tag: string | undefined;
  isReady: boolean;
  userCount: number;
  idleTimer: NodeJS.Timeout | undefined;
}

/** Copies of remote files that whoever reads a file at the same time, or soon after, shares. */
export class SharedSpool {
  readonly #spool: Spool;
  /** Those that the next reader may have. */
  readonly #copies = new Map<string, Copy>();

  /**
   * @param parent folder in which a new one is made; default: the system's temporary one
   * @param bytesMax of copies at one time
   */
  constructor(parent?: string, bytesMax?: number) {
    this.#spool = new Spool(parent, bytesMax, () => this.#dropIdle());
  }

  /** Bytes of copies and of those that are made. */
  get usedBytes(): number {
    return this.#spool.usedBytes;
  }

  /**
   * @returns a copy, which stays until it is released
   * @throws {DeltaError} RESOURCE_EXHAUSTED if it can never fit or too many wait; whatever `open` throws
   */
  async fetch(remote: RemoteFile, signal?: AbortSignal): Promise<LocalFile> {
    for (;;) {
      signal?.throwIfAborted();
      const known = this.#copies.get(remote.key);
      const copy = known ?? this.#begin(remote);
      copy.userCount += 1;
      clearTimeout(copy.idleTimer);
      try {
        const { path } = await unlessAborted(copy.file, signal);
        if (known === undefined || (await remote.isCurrent(copy.tag)))
          return this.#lend(copy, path);
        this.#forget(copy);
      } catch (error) {
        await this.#leave(copy);
        // What ended another reader's copying need not end this one's.
        if (known === undefined || copy.isReady || signal?.aborted === true) throw error;
        continue;
      }
      await this.#leave(copy);
    }
  }

  /** Removes all copies. */
  async close(): Promise<void> {
    for (const copy of [...this.#copies.values()]) {
      clearTimeout(copy.idleTimer);
      this.#forget(copy);
    }
    await this.#spool.close();
  }

  #begin({ key, name, sizeBytes, open }: RemoteFile): Copy {
    const stop = new AbortController();
    const opened = async (): Promise<Readable> => {
      const { stream, tag } = await open();
      copy.tag = tag;
      return stream;
    };
    const copying = async (): Promise<LocalFile> => {
      try {
        const file = await this.#spool.copy(name, sizeBytes, opened, stop.signal);
        copy.isReady = true;
        return file;
      } catch (error) {
        this.#forget(copy);
        throw error;
      }
    };
    const copy: Copy = {
      key,
      // Begun in a later turn: it names the copy.
      file: Promise.resolve().then(copying),
      stop,
      tag: undefined,
      isReady: false,
      userCount: 0,
      idleTimer: undefined,
    };
    this.#copies.set(key, copy);
    return copy;
  }

  #lend(copy: Copy, path: string): LocalFile {
    let isReleased = false;
    const release = async (): Promise<void> => {
      if (isReleased) return;
      isReleased = true;
      await this.#leave(copy);
    };
    return { path, release };
  }

  async #leave(copy: Copy): Promise<void> {
    copy.userCount -= 1;
    if (copy.userCount > 0) return;
    if (!copy.isReady) {
      this.#forget(copy);
      copy.stop.abort(new Error("nobody waits for the copy any more"));
      return;
    }
    const isKept = this.#copies.get(copy.key) === copy && this.#spool.waitingCount === 0;
    if (!isKept) {
      await this.#drop(copy);
      return;
    }
    // Nobody waits for a removal by time, and it never fails.
    copy.idleTimer = setTimeout(() => void this.#drop(copy), IDLE_MS);
    copy.idleTimer.unref();
  }

  /** The next reader makes a new one. */
  #forget(copy: Copy): void {
    if (this.#copies.get(copy.key) === copy) this.#copies.delete(copy.key);
  }

  async #drop(copy: Copy): Promise<void> {
    clearTimeout(copy.idleTimer);
    this.#forget(copy);
    await (await copy.file).release();
  }

  /** Somebody waits for room. */
  #dropIdle(): void {
    for (const copy of [...this.#copies.values()]) {
      if (copy.isReady && copy.userCount === 0) void this.#drop(copy);
    }
  }
}

/** Waits for what others wait for too, which the signal does not end. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => {
      const reason: unknown = signal.reason;
      reject(reason instanceof Error ? reason : new Error(`aborted: ${String(reason)}`));
    };
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener("abort", onAbort);
  }
}
