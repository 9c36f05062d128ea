import {
  choice,
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

/** Largest message that can be configured: one call may hold that much memory, and a copy of it. */
const MAX_REQUEST_BYTES_LIMIT = 512 * MEBIBYTE;

export const SERVER_VARIABLES = z.object({
  ...processVariables({ port: 8089 }),
  APP_METRIC_SAMPLING_RATE: samplingRate(),
  ENABLE_HTTP_API: flag().default(false),
  GRPC_REFLECTION: flag().default(true),
  GRPC_TRANSPORT: choice("front", "grpc-js").default("front"),
  WORKERS: integer(1, 1_024).optional(),
  TLS_CLIENT_CA_FILE: text().optional(),
  MAX_REQUEST_BYTES: integer(1_024, MAX_REQUEST_BYTES_LIMIT).default(4 * MEBIBYTE),
  MAX_IN_FLIGHT: integer(1).default(2_000),
  STORE_MAX_IN_FLIGHT: integer(1).optional(),
  OVERLOAD_QUEUE_MS: integer(0, 60_000).default(200),
  MAX_CONNECTIONS: integer(1).default(10_000),
  MAX_CONCURRENT_STREAMS: integer(1, 0x7fff_ffff).default(1_000),
  ON_STORE_FAILURE: choice("unavailable", "defaults").default("unavailable"),
  STORE_TIMEOUT_MS: integer(1, 600_000).default(3_000),
  DISTRIBUTED_CACHE_TIMEOUT_MS: integer(1, 600_000).default(200),
  INVALIDATION_TIMEOUT_MS: integer(1, 600_000).default(1_000),
  IS_MEESHO_ENABLED: flag().default(false),
  POD_IP: text().optional(),
  NODE_IP: text().optional(),
});

export interface ServerSettings extends z.output<typeof SERVER_VARIABLES> {
  readonly STORE_MAX_IN_FLIGHT: number;
}

/** Reads what concerns the process and its port. */
export function readServerSettings(reader: EnvReader): ServerSettings | undefined {
  const settings = reader.read(SERVER_VARIABLES);
  if (settings === undefined) return undefined;
  const { TLS_CERT_FILE: cert, TLS_KEY_FILE: key, TLS_CLIENT_CA_FILE: clientCa } = settings;
  requirePair(reader, settings, "TLS_CERT_FILE", "TLS_KEY_FILE");
  if (clientCa !== undefined && (cert === undefined || key === undefined)) {
    reader.fault("TLS_CLIENT_CA_FILE", "needs TLS_CERT_FILE and TLS_KEY_FILE");
  }
  const { MAX_IN_FLIGHT, STORE_MAX_IN_FLIGHT = Math.ceil(MAX_IN_FLIGHT / 2) } = settings;
  return { ...settings, STORE_MAX_IN_FLIGHT };
}
