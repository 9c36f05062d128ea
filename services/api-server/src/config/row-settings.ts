import {
  ROW_BACKUP_VARIABLES,
  ROW_STORE_VARIABLES,
  type RowBackupSettings,
  type RowStoreSettings,
  readRowBackupSettings,
  readRowStoreSettings,
  type ScyllaSettings,
} from "@ofs/connections";
import { type EnvReader, flag, integer, port, text } from "@ofs/platform";
import { z } from "zod";

const ROW_API_VARIABLES = z.object({
  ROW_ENABLED: flag().default(false),
  ROW_PORT: port().default(8080),
  ROW_AUTH_ENABLED: flag().default(false),
  ROW_ADMIN_URL: text()
    .refine((url) => /^https?:\/\/[^\s/]+/.test(url) && URL.canParse(url), "must be an http(s) URL")
    .optional(),
  ROW_MAX_BODY_BYTES: integer(0).default(0),
  ROW_MAX_ROWS: integer(0).default(0),
  ROW_MULTI_READ_MAX_ROWS: integer(0).default(0),
  ROW_MAX_PARTITION_ROWS: integer(0).default(0),
  ROW_PARTITION_TIMEOUT_MS: integer(1, 3_600_000).default(60_000),
});

/** Names of the variables of the row dialect. */
export const ROW_VARIABLES: readonly string[] = [
  ...Object.keys(ROW_API_VARIABLES.shape),
  ...Object.keys(ROW_STORE_VARIABLES.shape),
  ...Object.keys(ROW_BACKUP_VARIABLES.shape),
];

/** What concerns the row dialect. */
export interface RowSettings extends z.output<typeof ROW_API_VARIABLES> {
  readonly stores: RowStoreSettings;
  /** Read where etcd is away at the start; undefined: nowhere. */
  readonly backup: RowBackupSettings | undefined;
}

/** @returns undefined where the row dialect is off, or there were faults */
export function readRowSettings(
  reader: EnvReader,
  scylla: readonly ScyllaSettings[],
): RowSettings | undefined {
  const api = reader.read(ROW_API_VARIABLES);
  if (api === undefined || !api.ROW_ENABLED) return undefined;
  const stores = readRowStoreSettings(reader, scylla);
  const backup = readRowBackupSettings(reader);
  return stores && { ...api, stores, backup };
}
