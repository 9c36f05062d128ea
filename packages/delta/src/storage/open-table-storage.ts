import { DeltaError } from "../errors.ts";
import type { StorageOptions, TableStorage } from "./table-storage.ts";

/**
 * @param location local path, `file:` URL, `s3://bucket/key` or `s3a://bucket/key`
 * @throws {DeltaError} INVALID_ARGUMENT for another scheme or a malformed location
 */
export function openTableStorage(location: string, _options: StorageOptions = {}): TableStorage {
  throw new DeltaError("UNIMPLEMENTED", `reading ${location} is not built yet`);
}
