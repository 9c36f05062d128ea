import { join } from "node:path";
import { cacheFolder } from "./cache-folder.ts";
import { extractDebianPackages, findExtracted } from "./debian-packages.ts";
import { type Executable, findOnPath, runs } from "./executable.ts";
import { withFileLock } from "./file-lock.ts";
import type { Log } from "./log.ts";

export interface ExecutablesRequest {
  /** Programs wanted; each must answer `--version`. */
  readonly programs: readonly string[];
  /** Debian packages that hold them, for machines that lack them. */
  readonly debianPackages: readonly string[];
  /** Folder name in the cache. */
  readonly name: string;
  /** What a user without any of this can set instead, where there is such a variable. */
  readonly variable?: string;
}

/**
 * Finds programs on PATH, else in the cache, else takes them from Debian's packages into the
 * cache. The system itself is never changed. Answers in the order of `programs`.
 *
 * @throws {Error} when there is no way, naming what to do instead
 */
export async function findExecutables(
  request: ExecutablesRequest,
  log: Log,
): Promise<Executable[]> {
  const { programs, debianPackages, name, variable } = request;
  const present = await findPresent(request);
  if (present !== undefined) return present;
  if ((await findOnPath("apt-get")) === undefined) {
    const instead =
      variable === undefined ? "" : `, or set ${variable} to the address of a running server`;
    throw new Error(
      `${programs.join(", ")} not found on PATH, and without apt-get there is no way to fetch ` +
        `them: install them${instead}`,
    );
  }
  return withFileLock(join(cacheFolder(), "debian", `${name}.lock`), async () => {
    const meanwhile = await findPresent(request);
    if (meanwhile !== undefined) return meanwhile;
    await extractDebianPackages(name, debianPackages, log);
    const extracted = await allOf(programs, (program) => findExtracted(name, program));
    if (extracted !== undefined) return extracted;
    throw new Error(`${programs.join(", ")} of the packages ${debianPackages} do not run here`);
  });
}

async function findPresent({
  name,
  programs,
}: ExecutablesRequest): Promise<Executable[] | undefined> {
  const onPath = await allOf(programs, async (program) => {
    const path = await findOnPath(program);
    return path !== undefined && (await runs({ path })) ? { path } : undefined;
  });
  return onPath ?? (await allOf(programs, (program) => findExtracted(name, program)));
}

async function allOf(
  programs: readonly string[],
  find: (program: string) => Promise<Executable | undefined>,
): Promise<Executable[] | undefined> {
  const found = await Promise.all(programs.map(find));
  const usable = found.filter((each) => each !== undefined);
  return usable.length === programs.length ? usable : undefined;
}
