import type { Readable } from "node:stream";
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { brokenTable, DeltaError, wrapError } from "../errors.ts";
import { compareBytes } from "./local-storage.ts";
import { hasScheme, parseAbsolutePath, requireInside } from "./location.ts";
import type { OpenedFile, SharedSpool } from "./shared-spool.ts";
import type {
  ListOptions,
  LocalFile,
  S3Options,
  StorageEntry,
  TableStorage,
} from "./table-storage.ts";

const ATTEMPTS_MAX = 5;
/** For a connection, and between two pieces of an answer. */
const CONNECT_TIMEOUT_MS = 10_000;
const IDLE_TIMEOUT_MS = 60_000;
/** Objects of one listing: a table with more files in its log folder needs a clean-up first. */
const LISTED_MAX = 5_000_000;
const DEFAULT_REGION = "us-east-1";

interface ObjectAddress {
  readonly Bucket: string;
  readonly Key: string;
}

export interface GivenSpool {
  readonly spool: SharedSpool;
  /** No other storage has it, and it is closed with this one. */
  readonly isOwn: boolean;
}

/** A table under a prefix of a bucket. Data files are copied to the spool. */
export class S3Storage implements TableStorage {
  readonly location: string;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #client: S3Client;
  readonly #spool: SharedSpool;
  readonly #ownSpool: SharedSpool | undefined;

  /** @param key of the table's folder, without a slash at its end */
  constructor(bucket: string, key: string, options: S3Options, { spool, isOwn }: GivenSpool) {
    this.location = `s3://${bucket}/${key}`;
    this.#bucket = bucket;
    this.#prefix = key === "" ? "" : `${key}/`;
    this.#spool = spool;
    this.#ownSpool = isOwn ? spool : undefined;
    this.#client = createClient(options);
  }

  async list(folder: string, options: ListOptions = {}): Promise<StorageEntry[]> {
    const { startAfter, isRecursive = false, signal } = options;
    const prefix = `${this.#prefix}${folder === "" ? "" : `${folder}/`}`;
    const entries: StorageEntry[] = [];
    let token: string | undefined;
    do {
      const page = await this.#call(`list ${this.location}/${folder}`, () =>
        this.#client.send(
          new ListObjectsV2Command({
            Bucket: this.#bucket,
            Prefix: prefix,
            ...(isRecursive ? {} : { Delimiter: "/" }),
            ...(startAfter === undefined ? {} : { StartAfter: prefix + startAfter }),
            ...(token === undefined ? {} : { ContinuationToken: token }),
          }),
          abortable(signal),
        ),
      );
      for (const { Key: key = "", Size: sizeBytes = 0, LastModified: modified } of page.Contents ??
        []) {
        const name = key.slice(prefix.length);
        // Some tools leave empty objects that stand for folders.
        if (name === "" || name.endsWith("/")) continue;
        entries.push({ name, sizeBytes, modifiedMs: modified?.getTime() ?? 0 });
      }
      if (entries.length > LISTED_MAX) {
        throw new DeltaError("RESOURCE_EXHAUSTED", `${prefix} has more than ${LISTED_MAX} objects`);
      }
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
    return entries.sort((left, right) => compareBytes(left.name, right.name));
  }

  async read(path: string, maxBytes: number, signal?: AbortSignal): Promise<Buffer> {
    return this.#call(`read ${path}`, async () => {
      const answer = await this.#client.send(
        new GetObjectCommand(this.#resolve(path)),
        abortable(signal),
      );
      const { ContentLength: size = 0, Body: body } = answer;
      if (size > maxBytes) {
        (body as Readable | undefined)?.destroy();
        const limit = `more than ${maxBytes}`;
        throw new DeltaError("RESOURCE_EXHAUSTED", `${path} has ${size} bytes, ${limit}`);
      }
      const bytes = Buffer.from((await body?.transformToByteArray()) ?? []);
      if (bytes.length !== size) throw truncated(path, bytes.length, size);
      return bytes;
    });
  }

  async readRange(
    path: string,
    offset: number,
    length: number,
    signal?: AbortSignal,
  ): Promise<Buffer> {
    const range = `bytes=${offset}-${offset + length - 1}`;
    return this.#call(`read ${path}`, async () => {
      try {
        const answer = await this.#client.send(
          new GetObjectCommand({ ...this.#resolve(path), Range: range }),
          abortable(signal),
        );
        return Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
      } catch (error) {
        // The object ends before the range begins.
        if (error instanceof S3ServiceException && error.name === "InvalidRange") {
          return Buffer.alloc(0);
        }
        throw error;
      }
    });
  }

  async fetch(
    path: string,
    sizeBytes: number | undefined,
    signal?: AbortSignal,
  ): Promise<LocalFile> {
    const address = this.#resolve(path);
    return this.#call(`read ${path}`, async () => {
      const size = sizeBytes ?? (await this.#size(address, signal));
      // Others may wait for the copy too, so that no signal of one of them ends it.
      const open = async (): Promise<OpenedFile> => {
        const answer = await this.#client.send(new GetObjectCommand(address));
        const stream = answer.Body as Readable;
        if (answer.ContentLength === size) return { stream, tag: answer.ETag };
        stream.destroy();
        throw brokenTable(`file ${path} has ${answer.ContentLength} bytes, and ${size} in the log`);
      };
      const isCurrent = async (tag: string | undefined): Promise<boolean> => {
        const head = new HeadObjectCommand(address);
        return tag !== undefined && (await this.#client.send(head, abortable(signal))).ETag === tag;
      };
      const key = `${address.Bucket}/${address.Key}\0${size}`;
      return this.#spool.fetch({ key, name: path, sizeBytes: size, open, isCurrent }, signal);
    });
  }

  async close(): Promise<void> {
    this.#client.destroy();
    await this.#ownSpool?.close();
  }

  async #size(address: ObjectAddress, signal: AbortSignal | undefined): Promise<number> {
    const head = await this.#client.send(new HeadObjectCommand(address), abortable(signal));
    return head.ContentLength ?? 0;
  }

  #resolve(path: string): ObjectAddress {
    if (!hasScheme(path)) {
      return { Bucket: this.#bucket, Key: this.#prefix + requireInside(path) };
    }
    const location = parseAbsolutePath(path);
    if (location.scheme === "s3") return { Bucket: location.bucket, Key: location.key };
    throw new DeltaError(
      "INVALID_ARGUMENT",
      `path ${path} in the log is local, and the table ${this.location} is not`,
    );
  }

  async #call<T>(what: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw s3Failure(error, what);
    }
  }
}

function createClient({ endpoint, region, isPathStyle, credentials }: S3Options): S3Client {
  const { AWS_REGION: ownRegion = DEFAULT_REGION } = process.env;
  return new S3Client({
    region: region ?? ownRegion,
    maxAttempts: ATTEMPTS_MAX,
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, socketTimeout: IDLE_TIMEOUT_MS },
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(isPathStyle === undefined ? {} : { forcePathStyle: isPathStyle }),
    ...(credentials === undefined
      ? {}
      : {
          credentials: {
            accessKeyId: credentials.accessKeyId,
            secretAccessKey: credentials.secretAccessKey,
            ...(credentials.sessionToken === undefined
              ? {}
              : { sessionToken: credentials.sessionToken }),
          },
        }),
  });
}

function abortable(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}

function s3Failure(error: unknown, what: string): Error {
  if (error instanceof Error && error.name === "AbortError") return error;
  if (!(error instanceof S3ServiceException))
    return wrapError(error, "UNAVAILABLE", `cannot ${what}`);
  const { httpStatusCode: status = 0 } = error.$metadata;
  if (status === 404) {
    return new DeltaError("NOT_FOUND", `cannot ${what}: it is not there (${error.name})`, {
      cause: error,
    });
  }
  const code = status === 401 || status === 403 ? "PERMISSION_DENIED" : "UNAVAILABLE";
  return wrapError(error, code, `cannot ${what}: ${error.name}`);
}

function truncated(path: string, found: number, expected: number): DeltaError {
  return new DeltaError("UNAVAILABLE", `${path} broke off after ${found} of ${expected} bytes`);
}
