import { execFile } from "node:child_process";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The published packages, and the runtime that their generated code was checked with. */
const PACKAGES = [
  "bharatml-commons==1.0.1",
  "grpc-feature-client==1.0.1",
  "grpcio==1.85.1",
  "grpcio-tools==1.85.1",
];

const INSTALL_TIMEOUT_MS = 300_000;

/**
 * A virtual environment with the published Python client, made once and kept in the cache folder.
 *
 * @returns path of its interpreter
 * @throws {Error} if there is no `python3` with `venv`, or the packages cannot be installed
 */
export async function pythonWithClient(): Promise<string> {
  const cache =
    process.env["OFS_CACHE_DIR"] ??
    join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "ofs");
  const folder = join(cache, "python-client-1.0.1");
  const interpreter = join(folder, "bin", "python");
  if (await exists(join(folder, "complete"))) return interpreter;
  await mkdir(cache, { recursive: true });
  await rm(folder, { recursive: true, force: true });
  await run("python3", ["-m", "venv", folder]);
  await run(interpreter, ["-m", "pip", "install", "--quiet", ...PACKAGES], {
    timeout: INSTALL_TIMEOUT_MS,
  });
  await mkdir(join(folder, "unfinished"));
  await rename(join(folder, "unfinished"), join(folder, "complete"));
  return interpreter;
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
