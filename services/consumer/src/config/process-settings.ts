import { type EnvReader, flag, integer, logLevel, port, text } from "@ofs/platform";
import { z } from "zod";

const MEBIBYTE = 1024 * 1024;

/** Largest body that can be configured: one call may hold that much memory, and a copy of it. */
const MAX_REQUEST_BYTES_LIMIT = 512 * MEBIBYTE;

/** Shorter ones could be guessed. */
const MIN_TOKEN_LENGTH = 16;

const SAMPLING_RATE = /^(?:0|1|0?\.\d+|1\.0+|0\.0+)$/;

export const PROCESS_VARIABLES = z.object({
  APP_NAME: text()
    .refine((name) => /^[^/\s]+$/.test(name), "must have no slash and no blank")
    .default("onfs"),
  APP_ENV: text().default(""),
  APP_LOG_LEVEL: logLevel().default("WARN"),
  APP_HOST: text().optional(),
  APP_PORT: port().default(8090),
  APP_METRIC_SAMPLING_RATE: text()
    .refine((rate) => SAMPLING_RATE.test(rate), "must be a number from 0 to 1")
    .optional(),
  ADMIN_TOKEN: text()
    .refine(
      (token) => token.length >= MIN_TOKEN_LENGTH,
      `must have at least ${MIN_TOKEN_LENGTH} characters`,
    )
    .optional(),
  TLS_CERT_FILE: text().optional(),
  TLS_KEY_FILE: text().optional(),
  MAX_REQUEST_BYTES: integer(1_024, MAX_REQUEST_BYTES_LIMIT).default(16 * MEBIBYTE),
  SHUTDOWN_GRACE_MS: integer(0, 600_000).default(20_000),
  INVALIDATION_TIMEOUT_MS: integer(1, 600_000).default(1_000),
  CONSUMER_INVALIDATE_CACHES: flag().default(true),
});

export type ProcessSettings = z.output<typeof PROCESS_VARIABLES>;

/** Reads what concerns the process and its port. */
export function readProcessSettings(reader: EnvReader): ProcessSettings | undefined {
  const settings = reader.read(PROCESS_VARIABLES);
  if (settings === undefined) return undefined;
  const { TLS_CERT_FILE: cert, TLS_KEY_FILE: key } = settings;
  if (cert !== undefined && key === undefined) {
    reader.fault("TLS_KEY_FILE", "is required with TLS_CERT_FILE");
  }
  if (key !== undefined && cert === undefined) {
    reader.fault("TLS_CERT_FILE", "is required with TLS_KEY_FILE");
  }
  return settings;
}
