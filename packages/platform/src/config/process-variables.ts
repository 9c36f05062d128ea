import type { EnvReader } from "./env-reader.ts";
import { integer, logLevel, port, text } from "./fields.ts";

const SAMPLING_RATE = /^(?:0|1|0?\.\d+|1\.0+|0\.0+)$/;

/** What every service reads of its environment, for a zod object. @param defaultPort of `APP_PORT` */
export function processVariables(defaultPort: number) {
  return {
    APP_NAME: text()
      .refine((name) => /^[^/\s]+$/.test(name), "must have no slash and no blank")
      .default("onfs"),
    APP_ENV: text().default(""),
    APP_LOG_LEVEL: logLevel().default("WARN"),
    APP_HOST: text().optional(),
    APP_PORT: port().default(defaultPort),
    APP_METRIC_SAMPLING_RATE: text()
      .refine((rate) => SAMPLING_RATE.test(rate), "must be a number from 0 to 1")
      .optional(),
    TLS_CERT_FILE: text().optional(),
    TLS_KEY_FILE: text().optional(),
    SHUTDOWN_GRACE_MS: integer(0, 600_000).default(20_000),
  };
}

interface TlsFiles {
  readonly TLS_CERT_FILE?: string | undefined;
  readonly TLS_KEY_FILE?: string | undefined;
}

/** Reports a certificate without its key, or the other way round. */
export function checkTlsPair(
  reader: EnvReader,
  { TLS_CERT_FILE: cert, TLS_KEY_FILE: key }: TlsFiles,
): void {
  if (cert !== undefined && key === undefined) {
    reader.fault("TLS_KEY_FILE", "is required with TLS_CERT_FILE");
  }
  if (key !== undefined && cert === undefined) {
    reader.fault("TLS_CERT_FILE", "is required with TLS_KEY_FILE");
  }
}
