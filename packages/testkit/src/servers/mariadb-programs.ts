import { access, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Executable, executableEnv } from "../install/executable.ts";
import { findExecutables } from "../install/find-executables.ts";
import type { Log } from "../install/log.ts";
import { spawnWithInput } from "../install/run-with-input.ts";

/** What makes a server's own tables, in this order; the names are MariaDB's. */
const SYSTEM_SCRIPTS = ["mysql_system_tables.sql", "mysql_system_tables_data.sql"];
const BOOTSTRAP_TIMEOUT_MS = 120_000;

export interface MariadbPrograms {
  readonly server: Executable;
  /** Folder of its messages and of the scripts that make its own tables. */
  readonly share: string;
}

/** Finds or fetches mariadbd. */
export async function findMariadbPrograms(variable: string, log: Log): Promise<MariadbPrograms> {
  const request = { debianPackages: ["mariadb-server-core"], name: "mariadb", variable };
  const [server] = await findExecutables({ ...request, programs: ["mariadbd"] }, log);
  if (server === undefined) throw new Error("mariadbd is missing");
  return { server, share: await findShare(server) };
}

/**
 * Makes the server's own tables in an empty data folder: users, privileges, time zones. `root` has no password.
 *
 * @param options of mariadbd, the data folder among them
 */
export async function createSystemTables(
  { server, share }: MariadbPrograms,
  options: readonly string[],
): Promise<void> {
  const scripts = await Promise.all(
    SYSTEM_SCRIPTS.map((name) => readFile(join(share, name), "utf8")),
  );
  // The second script reads it: `root` needs no system account of that name.
  const choice = "SET @auth_root_socket = NULL;";
  // One statement a line: that is how the server reads them here.
  const input = ["CREATE DATABASE mysql;", "USE mysql;", choice, ...scripts].join("\n");
  await spawnWithInput(server.path, [...options, "--bootstrap"], {
    input,
    env: executableEnv(server),
    timeoutMs: BOOTSTRAP_TIMEOUT_MS,
  });
}

/** It lies beside the program's folder, wherever the package was unpacked. */
async function findShare(server: Executable): Promise<string> {
  const prefix = dirname(dirname(server.path));
  for (const name of ["mysql", "mariadb"]) {
    const folder = join(prefix, "share", name);
    if (await exists(join(folder, "mysql_system_tables.sql"))) return folder;
  }
  throw new Error(`${server.path} has no share/mysql/mysql_system_tables.sql in ${prefix}`);
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false; // not there, or of no use: the caller tries the next
  }
}
