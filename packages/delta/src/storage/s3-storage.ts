import type { Readable } from "node:stream";
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  type _Object as ListedObject,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { brokenTable, DeltaError } from "../errors.ts";
import { compareBytes } from "./local-storage.ts";
import { hasScheme, parseAbsolutePath, requireInside } from "./location.ts";
import { S3Requests, s3Failure } from "./s3-requests.ts";
import type { OpenedFile, SharedSpool } from "./shared-spool.ts";
import type {
  ListOptions,
  LocalFile,
  S3Options,
  StorageEntry,
  StorageObserver,
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
  readonly #requests: S3Requests;
  readonly #spool: SharedSpool;
  readonly #ownSpool: SharedSpool | undefined;

  /** @param key of the table's folder, without a slash at its end */
  constructor(
    bucket: string,
    key: string,
    options: S3Options,
    { spool, isOwn }: GivenSpool,
    observer?: StorageObserver,
  ) {
    this.location = `s3://${bucket}/${key}`;
    this.#bucket = bucket;
    this.#prefix = key === "" ? "" : `${key}/`;
    this.#spool = spool;
    this.#ownSpool = isOwn ? spool : undefined;
    this.#client = createClient(options);
    this.#requests = new S3Requests(observer);
  }

  async list(folder: string, options: ListOptions = {}): Promise<StorageEntry[]> {
    const { startAfter, isRecursive = false, signal } = options;
    const prefix = `${this.#prefix}${folder === "" ? "" : `${folder}/`}`;
    const entries: StorageEntry[] = [];
    let token: string | undefined;
    do {
      const command = new ListObjectsV2Command({
        Bucket: this.#bucket,
        Prefix: prefix,
        Delimiter: isRecursive ? undefined : "/",
        StartAfter: startAfter === undefined ? undefined : prefix + startAfter,
        ContinuationToken: token,
      });
      const page = await this.#call(`list ${this.location}/${folder}`, () =>
        this.#requests.send("list", () => this.#client.send(command, abortable(signal))),
      );
      for (const object of page.Contents ?? []) {
        const entry = entryOf(object, prefix.length);
        if (entry !== undefined) entries.push(entry);
      }
      if (entries.length > LISTED_MAX) {
        throw new DeltaError("RESOURCE_EXHAUSTED", `${prefix} has more than ${LISTED_MAX} objects`);
      }
      token = nextToken(page);
    } while (token !== undefined);
    return entries.sort((left, right) => compareBytes(left.name, right.name));
  }

  async read(path: string, maxBytes: number, signal?: AbortSignal): Promise<Buffer> {
    return this.#call(`read ${path}`, async () => {
      const command = new GetObjectCommand(this.#resolve(path));
      const answer = await this.#get(command, signal);
      const { ContentLength: size = 0, Body: body } = answer;
      if (size > maxBytes) {
        (body as Readable | undefined)?.destroy();
        const limit = `more than ${maxBytes}`;
        throw new DeltaError("RESOURCE_EXHAUSTED", `${path} has ${size} bytes, ${limit}`);
      }
      const bytes = Buffer.from(await this.#requests.bytes(body));
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
        const command = new GetObjectCommand({ ...this.#resolve(path), Range: range });
        const answer = await this.#get(command, signal);
        return Buffer.from(await this.#requests.bytes(answer.Body));
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
        const answer = await this.#get(new GetObjectCommand(address));
        const stream = answer.Body as Readable;
        if (answer.ContentLength === size) {
          return { stream: this.#requests.stream(stream), tag: answer.ETag };
        }
        stream.destroy();
        throw brokenTable(`file ${path} has ${answer.ContentLength} bytes, and ${size} in the log`);
      };
      const isCurrent = async (tag: string | undefined): Promise<boolean> => {
        return tag !== undefined && (await this.#head(address, signal)).ETag === tag;
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
    return (await this.#head(address, signal)).ContentLength ?? 0;
  }

  #head(address: ObjectAddress, signal: AbortSignal | undefined): Promise<HeadObjectCommandOutput> {
    const command = new HeadObjectCommand(address);
    return this.#requests.send("head", () => this.#client.send(command, abortable(signal)));
  }

  #get(command: GetObjectCommand, signal?: AbortSignal): Promise<GetObjectCommandOutput> {
    return this.#requests.send("get", () => this.#client.send(command, abortable(signal)));
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

/** @returns undefined after the last page */
function nextToken(page: ListObjectsV2CommandOutput): string | undefined {
  return page.IsTruncated === true ? page.NextContinuationToken : undefined;
}

/** @returns undefined for the empty objects that some tools leave, which stand for folders */
function entryOf(
  { Key: key = "", Size: sizeBytes = 0, LastModified: modified }: ListedObject,
  prefixLength: number,
): StorageEntry | undefined {
  const name = key.slice(prefixLength);
  if (name === "" || name.endsWith("/")) return undefined;
  return { name, sizeBytes, modifiedMs: modified?.getTime() ?? 0 };
}

function abortable(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}

function truncated(path: string, found: number, expected: number): DeltaError {
  return new DeltaError("UNAVAILABLE", `${path} broke off after ${found} of ${expected} bytes`);
}
