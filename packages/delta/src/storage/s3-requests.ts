import { pipeline, type Readable, Transform } from "node:stream";
import { S3ServiceException } from "@aws-sdk/client-s3";
import type { ErrorCode } from "@ofs/platform";
import { DeltaError, wrapError } from "../errors.ts";
import type { StorageObserver, StorageOperation } from "./table-storage.ts";

/** What every answer of the client has. */
interface Answer {
  readonly $metadata: { readonly attempts?: number | undefined };
}

/** A part of an answer's body that is read whole. */
interface Body {
  transformToByteArray(): Promise<Uint8Array>;
}

/** Tells an observer of requests to object storage: each once, whoever waits for it. */
export class S3Requests {
  readonly #observer: StorageObserver | undefined;

  constructor(observer: StorageObserver | undefined) {
    this.#observer = observer;
  }

  /** Makes a request. @returns when the head of the answer is here */
  async send<T extends Answer>(operation: StorageOperation, request: () => Promise<T>): Promise<T> {
    const observer = this.#observer;
    if (observer === undefined) return request();
    const startedMs = performance.now();
    try {
      const answer = await request();
      const { attempts = 1 } = answer.$metadata;
      observer.answered(operation, (performance.now() - startedMs) / 1000, attempts);
      return answer;
    } catch (error) {
      this.#failed(operation, error);
      throw error;
    }
  }

  /** Reads a body to its end. */
  async bytes(body: Body | undefined): Promise<Uint8Array> {
    try {
      const bytes = (await body?.transformToByteArray()) ?? new Uint8Array(0);
      this.#observer?.received(bytes.length);
      return bytes;
    } catch (error) {
      this.#failed("get", error);
      throw error;
    }
  }

  /** A body that is read as it comes. */
  stream(body: Readable): Readable {
    const observer = this.#observer;
    if (observer === undefined) return body;
    const counted = new Transform({
      transform(chunk: Uint8Array, _encoding, done) {
        observer.received(chunk.length);
        done(null, chunk);
      },
    });
    let isWanted = true;
    counted.once("close", () => {
      isWanted = false;
    });
    body.once("error", (error) => {
      // Whoever has read enough may end it early.
      if (isWanted) this.#failed("get", error);
    });
    // Its reader sees how it ends.
    pipeline(body, counted, () => undefined);
    return counted;
  }

  #failed(operation: StorageOperation, error: unknown): void {
    if (isAbort(error)) return;
    const attempts = error instanceof S3ServiceException ? (error.$metadata.attempts ?? 1) : 1;
    this.#observer?.failed(operation, codeOf(error), attempts);
  }
}

/** @param what was tried, as `read PATH` @returns the error that says so; that of an abort as it is */
export function s3Failure(error: unknown, what: string): Error {
  if (isAbort(error)) return error;
  if (!(error instanceof S3ServiceException)) {
    return wrapError(error, "UNAVAILABLE", `cannot ${what}`);
  }
  const code = codeOf(error);
  if (code !== "NOT_FOUND") return wrapError(error, code, `cannot ${what}: ${error.name}`);
  const message = `cannot ${what}: it is not there (${error.name})`;
  return new DeltaError(code, message, { cause: error });
}

function codeOf(error: unknown): ErrorCode {
  if (error instanceof DeltaError) return error.code;
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  if (status === 404) return "NOT_FOUND";
  return status === 401 || status === 403 ? "PERMISSION_DENIED" : "UNAVAILABLE";
}

function isAbort(error: unknown): error is Error {
  return error instanceof Error && error.name === "AbortError";
}
