import { type EnvReader, integer, text } from "@ofs/platform";
import { z } from "zod";

const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * KIBIBYTE;

export const LIMIT_VARIABLES = z.object({
  STORE_TIMEOUT_MS: integer(1, 600_000).default(10_000),
  CONSUMER_DEAD_LETTER_TOPIC: text()
    .refine((name) => /^[\w.-]{1,249}$/.test(name), "must be a topic name")
    .optional(),
  CONSUMER_MAX_IN_FLIGHT_BYTES: integer(64 * KIBIBYTE, 64 * 1024 * MEBIBYTE).default(64 * MEBIBYTE),
  CONSUMER_MAX_IN_FLIGHT_RECORDS: integer(1, 10_000_000).default(100_000),
  CONSUMER_MAX_PARTITION_BYTES: integer(64 * KIBIBYTE, 64 * 1024 * MEBIBYTE).default(32 * MEBIBYTE),
  CONSUMER_MAX_PARTITION_RECORDS: integer(1, 10_000_000).default(20_000),
  CONSUMER_MAX_BATCH_BYTES: integer(KIBIBYTE, 64 * MEBIBYTE).default(MEBIBYTE),
  CONSUMER_LINGER_MS: integer(0, 60_000).default(5),
  CONSUMER_REGISTRY_WAIT_MS: integer(0, 3_600_000).default(30_000),
  CONSUMER_HALT_RETRY_MS: integer(100, 3_600_000).default(30_000),
  CONSUMER_STALL_MS: integer(1_000, 3_600_000).default(60_000),
});

export type LimitSettings = z.output<typeof LIMIT_VARIABLES>;

/** Reads the bounds of the consuming loop. */
export function readLimitSettings(reader: EnvReader): LimitSettings | undefined {
  return reader.read(LIMIT_VARIABLES);
}
