import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "./cache-folder.ts";
import { type Executable, runs } from "./executable.ts";
import { hasCode, withFileLock } from "./file-lock.ts";
import type { Log } from "./log.ts";
import { runCommand } from "./run-command.ts";

/** Package lists younger than this are not fetched again. */
const LISTS_FRESH_MS = 60 * 60_000;

/**
 * Unpacks Debian packages, and those packages they need that the system lacks, into a folder of
 * the cache. Needs no root rights and installs nothing: apt gets its own lists and folders.
 *
 * @throws {Error} when a package cannot be had
 */
export async function extractDebianPackages(
  name: string,
  packages: readonly string[],
  log: Log,
): Promise<void> {
  const aptFolder = join(cacheFolder(), "debian", "apt");
  await withFileLock(join(aptFolder, "lock"), async () => {
    const options = await aptOptions(aptFolder, log);
    const wanted = await neededPackages(options, packages);
    log(`${name}: fetching ${wanted.length} Debian packages`);
    const fresh = `${extractedRoot(name)}.${process.pid}.new`;
    await rm(fresh, { recursive: true, force: true });
    const archives = join(fresh, "archives");
    await mkdir(archives, { recursive: true });
    await runCommand("apt-get", [...options, "download", ...wanted], { cwd: archives });
    for (const archive of await readdir(archives)) {
      await runCommand("dpkg", ["-x", join(archives, archive), fresh]);
    }
    await rm(archives, { recursive: true });
    await rm(extractedRoot(name), { recursive: true, force: true });
    await rename(fresh, extractedRoot(name));
  });
}

/** A program of packages unpacked earlier, if it is there and runs. */
export async function findExtracted(
  name: string,
  program: string,
): Promise<Executable | undefined> {
  const root = extractedRoot(name);
  const libraryPath = (await libraryFolders(root)).join(":");
  for (const folder of ["usr/bin", "usr/sbin", "bin"]) {
    const executable: Executable = { path: join(root, folder, program), libraryPath };
    if (await runs(executable)) return executable;
  }
  return undefined;
}

function extractedRoot(name: string): string {
  return join(cacheFolder(), "debian", name);
}

async function libraryFolders(root: string): Promise<string[]> {
  const folders = [join(root, "usr/lib"), join(root, "lib")];
  const nested: string[] = [];
  for (const folder of folders) {
    for (const entry of await readFolder(folder)) {
      if (entry.endsWith("-linux-gnu")) nested.push(join(folder, entry));
    }
  }
  return [...nested, ...folders];
}

async function readFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  }
}

async function aptOptions(folder: string, log: Log): Promise<string[]> {
  const lists = join(folder, "lists");
  await mkdir(join(lists, "partial"), { recursive: true });
  await mkdir(join(folder, "cache", "archives", "partial"), { recursive: true });
  const options = [
    `Dir::State::Lists=${lists}`,
    `Dir::Cache=${join(folder, "cache")}`,
    "APT::Sandbox::User=", // root would drop to a user that cannot write here
    "Acquire::Languages=none",
    "Debug::NoLocking=1",
  ].flatMap((option) => ["-o", option]);
  const marker = join(folder, "updated");
  if (Date.now() - (await modifiedMs(marker)) > LISTS_FRESH_MS) {
    log("fetching Debian's package lists");
    await runCommand("apt-get", [...options, "update"]);
    await writeFile(marker, "");
  }
  return options;
}

async function modifiedMs(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return 0;
    throw error;
  }
}

/** Asks apt what it would install: `Inst NAME [old] (VERSION ...)`. */
async function neededPackages(
  options: readonly string[],
  packages: readonly string[],
): Promise<string[]> {
  const simulate = ["-s", "install", "--reinstall", "--no-install-recommends", ...packages];
  return parseAptSimulation(await runCommand("apt-get", [...options, ...simulate]));
}

/** The packages that `apt-get --simulate install` would unpack, as `name=version`. */
export function parseAptSimulation(output: string): string[] {
  return [...output.matchAll(/^Inst (\S+) (?:\[[^\]]*\] )?\((\S+) /gm)].map(
    ([, name, version]) => `${name}=${version}`,
  );
}
