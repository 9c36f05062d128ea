import { isIP } from "node:net";
import { type EnvReader, flag, integer, list, logLevel, port, text } from "@ofs/platform";
import { z } from "zod";

const KIBIBYTE = 1024;

/** Forms are small; a feature group of some thousand features is a few hundred kilobytes. */
const DEFAULT_REQUEST_BYTES = 1024 * KIBIBYTE;
const MAX_REQUEST_BYTES_LIMIT = 64 * 1024 * KIBIBYTE;

export const PROCESS_VARIABLES = z.object({
  APP_NAME: text().default("horizon"),
  APP_ENV: text().default(""),
  APP_LOG_LEVEL: logLevel().default("WARN"),
  APP_HOST: text().optional(),
  APP_PORT: port().default(8082),
  TLS_CERT_FILE: text().optional(),
  TLS_KEY_FILE: text().optional(),
  MAX_REQUEST_BYTES: integer(KIBIBYTE, MAX_REQUEST_BYTES_LIMIT).default(DEFAULT_REQUEST_BYTES),
  SHUTDOWN_GRACE_MS: integer(0, 600_000).default(20_000),
  CORS_ORIGINS: list()
    .refine(
      (origins) => origins.every(isOrigin),
      "must be origins such as https://ui.example.org, comma-separated; * is not possible with credentials",
    )
    .default([]),
  HORIZON_TRUSTED_PROXIES: list()
    .refine(
      (networks) => networks.every(isNetwork),
      "must be addresses, networks such as 10.0.0.0/8, or loopback, linklocal, uniquelocal",
    )
    .default([]),
  HORIZON_REQUESTS_PER_MINUTE: integer(1, 10_000_000).default(3_000),
  HORIZON_UI_FOLDER: text().optional(),
  HORIZON_FOUR_EYES: flag().default(false),
  HORIZON_RECONCILE_INTERVAL_MS: integer(100, 3_600_000).default(15_000),
});

export type ProcessSettings = z.output<typeof PROCESS_VARIABLES>;

/** Reads what concerns the process and its port. */
export function readProcessSettings(reader: EnvReader): ProcessSettings | undefined {
  const settings = reader.read(PROCESS_VARIABLES);
  if (settings === undefined) return undefined;
  requirePair(reader, settings, "TLS_CERT_FILE", "TLS_KEY_FILE");
  return settings;
}

/** Notes a fault if one of two variables is set without the other. */
export function requirePair<N extends string>(
  reader: EnvReader,
  settings: { readonly [K in N]?: unknown },
  first: N,
  second: N,
): void {
  if ((settings[first] === undefined) === (settings[second] === undefined)) return;
  const [missing, given] = settings[first] === undefined ? [first, second] : [second, first];
  reader.fault(missing, `is required with ${given}`);
}

function isNetwork(value: string): boolean {
  if (["loopback", "linklocal", "uniquelocal"].includes(value)) return true;
  const [address = "", prefix = "0"] = value.split("/");
  const version = isIP(address);
  const maxPrefix = version === 6 ? 128 : 32;
  return version !== 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= maxPrefix;
}

function isOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { origin, protocol } = new URL(value);
  return (protocol === "http:" || protocol === "https:") && origin === value;
}
