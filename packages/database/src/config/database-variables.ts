import { readFile } from "node:fs/promises";
import { type EnvReader, integer, requirePair, text } from "@ofs/platform";
import { z } from "zod";
import type { DatabaseSettings } from "../settings.ts";

export const DATABASE_VARIABLES = z.object({
  MYSQL_MASTER_HOST: text().optional(),
  MYSQL_MASTER_PORT: integer(1, 65_535).default(3306),
  MYSQL_MASTER_USERNAME: text().optional(),
  MYSQL_MASTER_PASSWORD: text().optional(),
  MYSQL_DB_NAME: text()
    .refine((name) => /^[\w$-]{1,64}$/.test(name), "must be a database's name")
    .optional(),
  MYSQL_MASTER_MAX_POOL_SIZE: integer(1, 1_000).default(10),
  MYSQL_TLS_CA_FILE: text().optional(),
  MYSQL_TLS_CERT_FILE: text().optional(),
  MYSQL_TLS_KEY_FILE: text().optional(),
});

/** A MySQL or MariaDB server; files are PEM. */
export interface MysqlServer {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  /** Empty = none. */
  readonly password: string;
  readonly database: string;
  readonly maxConnections: number;
  /** undefined = plain TCP. */
  readonly tls:
    | {
        readonly caFile: string;
        readonly certFile: string | undefined;
        readonly keyFile: string | undefined;
      }
    | undefined;
}

/** @returns the server; `embedded` where the data folder serves */
export function readDatabaseSettings(
  reader: EnvReader,
  isEmbedded: boolean,
): MysqlServer | "embedded" | undefined {
  const env = reader.read(DATABASE_VARIABLES);
  if (env === undefined) return undefined;
  if (env.MYSQL_MASTER_HOST === undefined && isEmbedded) return "embedded";
  for (const name of ["MYSQL_MASTER_HOST", "MYSQL_MASTER_USERNAME", "MYSQL_DB_NAME"] as const) {
    if (env[name] === undefined) reader.fault(name, "is required");
  }
  requirePair(reader, env, "MYSQL_TLS_CERT_FILE", "MYSQL_TLS_KEY_FILE");
  const caFile = env.MYSQL_TLS_CA_FILE;
  if (env.MYSQL_TLS_CERT_FILE !== undefined && caFile === undefined) {
    reader.fault("MYSQL_TLS_CA_FILE", "is required with MYSQL_TLS_CERT_FILE");
  }
  const files = { certFile: env.MYSQL_TLS_CERT_FILE, keyFile: env.MYSQL_TLS_KEY_FILE };
  return {
    host: env.MYSQL_MASTER_HOST ?? "",
    port: env.MYSQL_MASTER_PORT,
    username: env.MYSQL_MASTER_USERNAME ?? "",
    password: env.MYSQL_MASTER_PASSWORD ?? "",
    database: env.MYSQL_DB_NAME ?? "",
    maxConnections: env.MYSQL_MASTER_MAX_POOL_SIZE,
    tls: caFile === undefined ? undefined : { caFile, ...files },
  };
}

/**
 * Reads the files that the settings name.
 *
 * @param dataFolder where an embedded database is
 * @throws the system's error for a file that cannot be read
 */
export async function readDatabaseFiles(
  database: MysqlServer | "embedded",
  dataFolder: string | undefined,
): Promise<DatabaseSettings> {
  if (database === "embedded") {
    if (dataFolder === undefined) throw new Error("an embedded database wants a data folder");
    return { kind: "embedded", folder: dataFolder };
  }
  const { tls, ...server } = database;
  const settings = { kind: "mysql", ...server } as const;
  if (tls === undefined) return settings;
  const { caFile, certFile, keyFile } = tls;
  const ca = await readFile(caFile, "utf8");
  if (certFile === undefined || keyFile === undefined) return { ...settings, tls: { ca } };
  const cert = await readFile(certFile, "utf8");
  return { ...settings, tls: { ca, cert, key: await readFile(keyFile, "utf8") } };
}
