import type { ErrorCode } from "@ofs/platform";
import type { SharedSpool } from "./shared-spool.ts";

/** An object or file in a folder. */
export interface StorageEntry {
  /** Without folders; with them in a recursive listing, relative to the folder listed. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Milliseconds since 1970. */
  readonly modifiedMs: number;
}

export interface ListOptions {
  /** Only names that sort after this one, by their bytes. */
  readonly startAfter?: string;
  /** With everything in folders below; otherwise only files of the folder itself. */
  readonly isRecursive?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** A file that can be opened by its local path until it is released. */
export interface LocalFile {
  readonly path: string;
  /** Gives back its space in the spool; never fails. */
  release(): Promise<void>;
}

/**
 * Where the files of one table are.
 *
 * Paths are those of the log, decoded: relative to the table's location, or absolute with a scheme. Methods throw
 * `DeltaError` with the path: NOT_FOUND, UNAVAILABLE, RESOURCE_EXHAUSTED beyond a limit, INVALID_ARGUMENT for a path
 * that leaves the storage (`..`, another scheme).
 */
export interface TableStorage {
  /** As errors name it; no credentials. */
  readonly location: string;
  /** @returns files in the order of their names' bytes; none if the folder is not there */
  list(folder: string, options?: ListOptions): Promise<StorageEntry[]>;
  /** @returns all bytes of a file of at most `maxBytes` */
  read(path: string, maxBytes: number, signal?: AbortSignal): Promise<Buffer>;
  /** @returns `length` bytes; fewer only at the end of the file */
  readRange(path: string, offset: number, length: number, signal?: AbortSignal): Promise<Buffer>;
  /**
   * Makes a file readable by a local path, waiting for room in the spool where it must be copied.
   *
   * @param sizeBytes that it must have; undefined: not checked
   * @throws {DeltaError} FAILED_PRECONDITION if its size is another
   */
  fetch(path: string, sizeBytes: number | undefined, signal?: AbortSignal): Promise<LocalFile>;
  close(): Promise<void>;
}

/** Access to a server with the S3 API. What is undefined comes from AWS's usual places (environment, profile, role). */
export interface S3Options {
  /** URL of the server; undefined: AWS. */
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  /** Bucket in the path, not in the host: most servers that are not AWS. */
  readonly isPathStyle?: boolean | undefined;
  readonly credentials?:
    | {
        readonly accessKeyId: string;
        readonly secretAccessKey: string;
        readonly sessionToken?: string | undefined;
      }
    | undefined;
}

/** Kinds of requests to object storage. */
export const STORAGE_OPERATIONS = ["list", "get", "head"] as const;
export type StorageOperation = (typeof STORAGE_OPERATIONS)[number];

/** Is told of requests to object storage. A copy that several readers wait for is one request. */
export interface StorageObserver {
  /**
   * @param seconds until the head of the answer was here; the body of a `get` comes after it
   * @param attempts 1, and one more for each repetition
   */
  answered(operation: StorageOperation, seconds: number, attempts: number): void;
  /** After all repetitions, or while the body came. NOT_FOUND may be an answer as good as others. */
  failed(operation: StorageOperation, code: ErrorCode, attempts: number): void;
  /** Bytes of bodies, as they come. */
  received(bytes: number): void;
}

export interface StorageOptions {
  readonly s3?: S3Options | undefined;
  /** Of object storage; local files are not told of. */
  readonly observer?: StorageObserver | undefined;
  /** Of several storages with the same access, and not theirs to close; default: one of its own, as the next two say. */
  readonly spool?: SharedSpool | undefined;
  /** Folder for copies of remote files; default: a new one in the system's temporary folder. */
  readonly spoolFolder?: string | undefined;
  /** Bytes of copies at one time; a larger file is refused. Default 8 GiB. */
  readonly spoolBytesMax?: number | undefined;
}
