import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "./cache-folder.ts";
import { exists, withFileLock } from "./file-lock.ts";
import { type Log, stderrLog } from "./log.ts";
import { runCommand } from "./run-command.ts";

const INSTALL_TIMEOUT_MS = 600_000;

/**
 * A virtual environment with packages from the registry, made once and kept in the cache folder.
 *
 * @param name of its folder: say versions in it, because an environment that is there is never changed
 * @param requirements as pip takes them: `pyspark==3.5.7`
 * @returns path of its interpreter
 * @throws {Error} if there is no `python3` with `venv`, or the packages cannot be installed
 */
export async function installPythonPackages(
  name: string,
  requirements: readonly string[],
  log: Log = stderrLog("python"),
): Promise<string> {
  const folder = join(cacheFolder(), name);
  const interpreter = join(folder, "bin", "python");
  const marker = join(folder, "complete");
  if (await exists(marker)) return interpreter;
  await withFileLock(`${folder}.lock`, async () => {
    if (await exists(marker)) return;
    log(`${name}: fetching ${requirements.join(", ")}`);
    // What an interrupted run left is worth nothing; scripts in it name its path, so it cannot be made elsewhere.
    await rm(folder, { recursive: true, force: true });
    await mkdir(cacheFolder(), { recursive: true });
    await runCommand("python3", ["-m", "venv", folder]);
    const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    await runCommand(interpreter, [...install, ...requirements], { timeoutMs: INSTALL_TIMEOUT_MS });
    await writeFile(marker, "");
  });
  return interpreter;
}
