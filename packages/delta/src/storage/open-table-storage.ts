import { LocalStorage } from "./local-storage.ts";
import { parseLocation } from "./location.ts";
import { S3Storage } from "./s3-storage.ts";
import { SharedSpool } from "./shared-spool.ts";
import type { StorageOptions, TableStorage } from "./table-storage.ts";

/**
 * @param location local path, `file:` URL, `s3://bucket/key` or `s3a://bucket/key`
 * @throws {DeltaError} INVALID_ARGUMENT for another scheme or a malformed location
 */
export function openTableStorage(location: string, options: StorageOptions = {}): TableStorage {
  const parsed = parseLocation(location);
  if (parsed.scheme === "file") return new LocalStorage(parsed.path);
  const { observer, s3 = {}, spool: given, spoolFolder, spoolBytesMax } = options;
  const spool = given ?? new SharedSpool(spoolFolder, spoolBytesMax);
  const isOwn = given === undefined;
  return new S3Storage(parsed.bucket, parsed.key, s3, { spool, isOwn }, observer);
}
