import {
  type EnvReader,
  flag,
  integer,
  processVariables,
  requirePair,
  samplingRate,
  text,
} from "@ofs/platform";
import { z } from "zod";

const MEBIBYTE = 1024 * 1024;

/** Largest body that can be configured: one call may hold that much memory, and a copy of it. */
const MAX_REQUEST_BYTES_LIMIT = 512 * MEBIBYTE;

/** Shorter ones could be guessed. */
const MIN_TOKEN_LENGTH = 16;

export const PROCESS_VARIABLES = z.object({
  ...processVariables({ port: 8090 }),
  APP_METRIC_SAMPLING_RATE: samplingRate(),
  ADMIN_TOKEN: text()
    .refine(
      (token) => token.length >= MIN_TOKEN_LENGTH,
      `must have at least ${MIN_TOKEN_LENGTH} characters`,
    )
    .optional(),
  MAX_REQUEST_BYTES: integer(1_024, MAX_REQUEST_BYTES_LIMIT).default(16 * MEBIBYTE),
  INVALIDATION_TIMEOUT_MS: integer(1, 600_000).default(1_000),
  CONSUMER_INVALIDATE_CACHES: flag().default(true),
});

export type ProcessSettings = z.output<typeof PROCESS_VARIABLES>;

/** Reads what concerns the process and its port. */
export function readProcessSettings(reader: EnvReader): ProcessSettings | undefined {
  const settings = reader.read(PROCESS_VARIABLES);
  if (settings === undefined) return undefined;
  requirePair(reader, settings, "TLS_CERT_FILE", "TLS_KEY_FILE");
  return settings;
}
