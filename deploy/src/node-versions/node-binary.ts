import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder, runCommand, withFileLock } from "@ofs/testkit";

const INSTALL_TIMEOUT_MS = 300_000;

/**
 * Node's newest release of a major version, from npm's package `node`, kept in the cache folder for the time that it
 * stays there.
 *
 * @returns path of the program
 */
export async function nodeBinary(major: number): Promise<string> {
  const folder = join(cacheFolder(), `node-${major}`);
  const program = join(folder, "node_modules", "node", "bin", "node");
  await mkdir(cacheFolder(), { recursive: true });
  return withFileLock(`${folder}.lock`, async () => {
    if (await runs(program, major)) return program;
    const fresh = `${folder}.${process.pid}.new`;
    await rm(fresh, { recursive: true, force: true });
    const flags = ["install", "--no-audit", "--no-fund", "--silent", "--prefix", fresh];
    // The package's script puts the binary into its place.
    await runCommand("npm", [...flags, "--ignore-scripts=false", `node@${major}`], {
      timeoutMs: INSTALL_TIMEOUT_MS,
    });
    await rm(folder, { recursive: true, force: true });
    await rename(fresh, folder);
    if (!(await runs(program, major))) throw new Error(`${program} is no Node ${major}`);
    return program;
  });
}

async function runs(program: string, major: number): Promise<boolean> {
  try {
    return (await runCommand(program, ["--version"])).startsWith(`v${major}.`);
  } catch {
    return false; // not there, or what an interrupted run left
  }
}
