import { type EnvReader, flag, list, text } from "@ofs/platform";
import { z } from "zod";

const ENDPOINT = /^(?:https?:\/\/)?(?:\[[0-9a-f:.]+\]|[^:/[\]\s]+)(?::\d{1,5})?\/?$/i;

export const REGISTRY_VARIABLES = z.object({
  ETCD_SERVER: list()
    .refine(
      (all) => all.every((endpoint) => ENDPOINT.test(endpoint)),
      "must be host:port, comma-separated, with http:// or https:// in front or not",
    )
    .transform((all) => all.join(","))
    .optional(),
  ETCD_USERNAME: text().optional(),
  ETCD_PASSWORD: text().optional(),
  ETCD_TLS_CA_FILE: text().optional(),
  ETCD_TLS_CERT_FILE: text().optional(),
  ETCD_TLS_KEY_FILE: text().optional(),
  ETCD_WATCHER_ENABLED: flag().default(false),
  REGISTRY_SNAPSHOT_FILE: text().optional(),
  OFS_DATA_FOLDER: text().optional(),
});

export interface RegistrySettings {
  /** undefined: the registry is in the data folder. */
  readonly etcd: EtcdSettings | undefined;
  /** Where the last good registry is kept, tokens included. */
  readonly snapshotFile: string | undefined;
  /** Embedded registry and stores. */
  readonly dataFolder: string | undefined;
}

export interface EtcdSettings {
  /** Comma-separated. */
  readonly endpoints: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: EtcdTlsFiles | undefined;
  readonly isWatchEnabled: boolean;
}

/** Files in PEM form. */
export interface EtcdTlsFiles {
  readonly caFile: string;
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
}

/** Reads where the registry is: etcd, or the data folder. */
export function readRegistrySettings(reader: EnvReader): RegistrySettings | undefined {
  const env = reader.read(REGISTRY_VARIABLES);
  if (env === undefined) return undefined;
  if (env.ETCD_SERVER === undefined && env.OFS_DATA_FOLDER === undefined) {
    reader.fault("ETCD_SERVER", "is required, or OFS_DATA_FOLDER for an embedded registry");
  }
  requireBoth(reader, env, "ETCD_USERNAME", "ETCD_PASSWORD");
  requireBoth(reader, env, "ETCD_TLS_CERT_FILE", "ETCD_TLS_KEY_FILE");
  if (env.ETCD_TLS_CERT_FILE !== undefined && env.ETCD_TLS_CA_FILE === undefined) {
    reader.fault("ETCD_TLS_CA_FILE", "is required with ETCD_TLS_CERT_FILE");
  }
  return {
    etcd: env.ETCD_SERVER === undefined ? undefined : etcdSettings(env, env.ETCD_SERVER),
    snapshotFile: env.REGISTRY_SNAPSHOT_FILE,
    dataFolder: env.OFS_DATA_FOLDER,
  };
}

function etcdSettings(env: z.output<typeof REGISTRY_VARIABLES>, endpoints: string): EtcdSettings {
  const caFile = env.ETCD_TLS_CA_FILE;
  const files = { certFile: env.ETCD_TLS_CERT_FILE, keyFile: env.ETCD_TLS_KEY_FILE };
  return {
    endpoints,
    username: env.ETCD_USERNAME,
    password: env.ETCD_PASSWORD,
    tls: caFile === undefined ? undefined : { caFile, ...files },
    isWatchEnabled: env.ETCD_WATCHER_ENABLED,
  };
}

/** Notes a fault if one of two variables is set without the other. */
export function requireBoth<N extends string>(
  reader: EnvReader,
  env: { readonly [K in N]?: string | undefined },
  first: N,
  second: N,
  prefix = "",
): void {
  if ((env[first] === undefined) === (env[second] === undefined)) return;
  const [missing, given] = env[first] === undefined ? [first, second] : [second, first];
  reader.fault(prefix + missing, `is required with ${prefix}${given}`);
}
