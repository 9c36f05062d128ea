import type { GetObjectCommandOutput, S3Client } from "@aws-sdk/client-s3";
import { FeatureStoreError } from "@ofs/platform";
import type { BackupBucket } from "./backup-bucket.ts";
import type { RowBackupSettings } from "./backup-settings.ts";

/** Largest object that is read. */
const OBJECT_BYTES_MAX = 256 * 1024 * 1024;
const CONNECT_TIMEOUT_MS = 5_000;
/** Until the answer begins, of each try. */
const ANSWER_TIMEOUT_MS = 30_000;
const TRIES_MAX = 3;

type S3 = typeof import("@aws-sdk/client-s3");

/** A bucket behind the S3 API: Amazon's, or that of any server at the endpoint. */
export class S3Bucket implements BackupBucket {
  readonly name: string;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #s3: S3;
  readonly #client: S3Client;

  private constructor({ bucket, prefix, endpoint, region }: RowBackupSettings, s3: S3) {
    this.name = `s3://${bucket}${prefix === "" ? "" : `/${prefix}`}`;
    this.#bucket = bucket;
    this.#prefix = prefix === "" ? "" : `${prefix}/`;
    this.#s3 = s3;
    this.#client = new s3.S3Client({
      ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
      region,
      maxAttempts: TRIES_MAX,
      // Servers that are not Amazon's do not know the newer checksums.
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
      requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, requestTimeout: ANSWER_TIMEOUT_MS },
    });
  }

  /** Loads the client, which is large: only where there is a bucket. Asks nobody yet. */
  static async open(settings: RowBackupSettings): Promise<S3Bucket> {
    return new S3Bucket(settings, await import("@aws-sdk/client-s3"));
  }

  async get(key: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    try {
      const command = new this.#s3.GetObjectCommand(this.#placeOf(key));
      const answer = await this.#client.send(command, { abortSignal: signal });
      return await bytesOf(answer);
    } catch (error) {
      if (error instanceof this.#s3.NoSuchKey) return undefined;
      throw this.#failure("read", key, error);
    }
  }

  async put(key: string, text: string, signal: AbortSignal): Promise<void> {
    const content = { Body: Buffer.from(text), ContentType: "application/json" };
    try {
      const command = new this.#s3.PutObjectCommand({ ...this.#placeOf(key), ...content });
      await this.#client.send(command, { abortSignal: signal });
    } catch (error) {
      throw this.#failure("written", key, error);
    }
  }

  close(): void {
    this.#client.destroy();
  }

  #placeOf(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.#bucket, Key: this.#prefix + key };
  }

  #failure(what: string, key: string, cause: unknown): FeatureStoreError {
    const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    const message = `${this.name}/${key} cannot be ${what}: ${why}`;
    return new FeatureStoreError("UNAVAILABLE", message, { cause });
  }
}

async function bytesOf({ Body }: GetObjectCommandOutput): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of (Body ?? []) as AsyncIterable<Uint8Array>) {
    sizeBytes += chunk.length;
    if (sizeBytes > OBJECT_BYTES_MAX) throw new Error(`has more than ${OBJECT_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
