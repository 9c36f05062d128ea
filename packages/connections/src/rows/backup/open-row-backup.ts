import type { RowBackup } from "@ofs/registry";
import { loadBackup } from "./backup-lists.ts";
import type { RowBackupSettings } from "./backup-settings.ts";
import { S3Bucket } from "./s3-bucket.ts";

/** The bucket's full lists, for a registry that starts while its source is away. Asks nobody yet. */
export async function openRowBackup(
  settings: RowBackupSettings,
): Promise<RowBackup & { close(): void }> {
  const bucket = await S3Bucket.open(settings);
  return {
    name: bucket.name,
    load: (signal) => loadBackup(bucket, signal),
    close: () => bucket.close(),
  };
}
