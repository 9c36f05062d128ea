import { isIP } from "node:net";
import {
  type EnvReader,
  flag,
  integer,
  list,
  processVariables,
  requirePair,
  text,
} from "@ofs/platform";
import { z } from "zod";

const KIBIBYTE = 1024;

/** Forms are small; a feature group of some thousand features is a few hundred kilobytes. */
const DEFAULT_REQUEST_BYTES = 1024 * KIBIBYTE;
const MAX_REQUEST_BYTES_LIMIT = 64 * 1024 * KIBIBYTE;

export const PROCESS_VARIABLES = z.object({
  ...processVariables({ port: 8082, name: "horizon" }),
  MAX_REQUEST_BYTES: integer(KIBIBYTE, MAX_REQUEST_BYTES_LIMIT).default(DEFAULT_REQUEST_BYTES),
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
