import { type EnvReader, flag, integer, port, text } from "@ofs/platform";
import { z } from "zod";

/** Caches that are configured smaller get this. */
const MIN_PROCESS_CACHE_BYTES = 512 * 1024;

/** After `IN_MEM_CACHE_<n>_`. */
export const PROCESS_CACHE_VARIABLES = z.object({
  ENABLED: flag().default(true),
  NAME: text().optional(),
  SIZE_IN_BYTES: integer(1),
});

/** After `P2P_CACHE_<n>_`. */
export const PEER_CACHE_VARIABLES = z.object({
  ENABLED: flag().default(true),
  CLUSTER_NAME: text(),
  NAME: text(),
  OWN_PARTITION_SIZE_IN_BYTES: integer(1),
  GLOBAL_SIZE_IN_BYTES: integer(1),
  GLOBAL_CACHE_TTL_IN_SECONDS: integer(0, 0x7fff_ffff),
  NUM_CLIENTS: integer(1, 1_000),
  SERVER_PORT: port(),
});

export interface ProcessCacheSettings {
  readonly confId: number;
  readonly isEnabled: boolean;
  /** As in metrics. */
  readonly name: string;
  readonly maxSizeBytes: number;
}

/** Checked, but not in use: this server has no peer cache yet. */
export interface PeerCacheSettings {
  readonly confId: number;
  readonly isEnabled: boolean;
}

/** Reads one cache. */
export function readProcessCacheSettings(
  reader: EnvReader,
  confId: number,
): ProcessCacheSettings | undefined {
  const env = reader.read(PROCESS_CACHE_VARIABLES, `IN_MEM_CACHE_${confId}_`);
  if (env === undefined) return undefined;
  return {
    confId,
    isEnabled: env.ENABLED,
    name: env.NAME ?? String(confId),
    maxSizeBytes: Math.max(env.SIZE_IN_BYTES, MIN_PROCESS_CACHE_BYTES),
  };
}

/** Reads one cache. */
export function readPeerCacheSettings(
  reader: EnvReader,
  confId: number,
): PeerCacheSettings | undefined {
  const env = reader.read(PEER_CACHE_VARIABLES, `P2P_CACHE_${confId}_`);
  return env && { confId, isEnabled: env.ENABLED };
}
