import type { RegistrySettings } from "@ofs/connections";
import { type EnvReader, flag, integer, text } from "@ofs/platform";
import { z } from "zod";
import type { ServerSettings } from "./server-settings.ts";

/** Caches that are configured smaller get this. */
const MIN_PROCESS_CACHE_BYTES = 512 * 1024;

/** After `IN_MEM_CACHE_<n>_`. */
export const PROCESS_CACHE_VARIABLES = z.object({
  ENABLED: flag().default(true),
  NAME: text().optional(),
  SIZE_IN_BYTES: integer(1),
});

/** Shortest secret that is taken. */
const MIN_SECRET_LENGTH = 16;

/** A part of an etcd key. */
function keyPart(): z.ZodType<string> {
  return text().refine((name) => /^[^/\s]+$/.test(name), "must have no slash and no blank");
}

/** After `P2P_CACHE_<n>_`. */
export const PEER_CACHE_VARIABLES = z.object({
  ENABLED: flag().default(true),
  CLUSTER_NAME: keyPart(),
  NAME: keyPart(),
  OWN_PARTITION_SIZE_IN_BYTES: integer(1),
  GLOBAL_SIZE_IN_BYTES: integer(1),
  GLOBAL_CACHE_TTL_IN_SECONDS: integer(0, 0x7fff_ffff),
  NUM_CLIENTS: integer(1, 1_000),
  SERVER_PORT: integer(1, 65_535),
  BIND_HOST: text().optional(),
  SECRET: text()
    .refine(
      (secret) => secret.length >= MIN_SECRET_LENGTH,
      `must have at least ${MIN_SECRET_LENGTH} characters`,
    )
    .optional(),
});

export interface ProcessCacheSettings {
  readonly confId: number;
  readonly isEnabled: boolean;
  /** As in metrics. */
  readonly name: string;
  readonly maxSizeBytes: number;
}

export interface PeerCacheSettings {
  readonly confId: number;
  readonly isEnabled: boolean;
  readonly clusterName: string;
  /** As in etcd and in metrics. */
  readonly name: string;
  readonly ownSizeBytes: number;
  readonly globalSizeBytes: number;
  readonly globalTtlSeconds: number;
  readonly socketCount: number;
  /** The same on all pods. */
  readonly port: number;
  /** Interface to listen on; undefined: that of `POD_IP`. */
  readonly bindHost: string | undefined;
  /** Authenticates datagrams; undefined: they are not. */
  readonly secret: string | undefined;
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
  if (env === undefined) return undefined;
  return {
    confId,
    isEnabled: env.ENABLED,
    clusterName: env.CLUSTER_NAME,
    name: env.NAME,
    ownSizeBytes: env.OWN_PARTITION_SIZE_IN_BYTES,
    globalSizeBytes: env.GLOBAL_SIZE_IN_BYTES,
    globalTtlSeconds: env.GLOBAL_CACHE_TTL_IN_SECONDS,
    socketCount: env.NUM_CLIENTS,
    port: env.SERVER_PORT,
    bindHost: env.BIND_HOST,
    secret: env.SECRET,
  };
}

/** Notes a fault for each thing that a peer cache needs and that is not there: who this pod is, and etcd. */
export function requirePeerIdentity(
  reader: EnvReader,
  peerCaches: readonly PeerCacheSettings[],
  server: ServerSettings | undefined,
  registry: RegistrySettings | undefined,
): void {
  const enabled = peerCaches.find(({ isEnabled }) => isEnabled);
  if (enabled === undefined || server === undefined || registry === undefined) return;
  const reason = `is required with P2P_CACHE_${enabled.confId}_ENABLED`;
  if (server.POD_IP === undefined) reader.fault("POD_IP", reason);
  if (server.NODE_IP === undefined) reader.fault("NODE_IP", reason);
  if (registry.etcd === undefined) reader.fault("ETCD_SERVER", reason);
}
