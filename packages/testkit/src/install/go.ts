import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheFolder } from "./cache-folder.ts";
import { findOnPath } from "./executable.ts";
import { hasCode, withFileLock } from "./file-lock.ts";
import { runCommand } from "./run-command.ts";

/** From here on Go fetches the release that a module asks for. */
const LEAST_GO_MINOR = 21;
const BUILD_TIMEOUT_MS = 400_000;

/** A folder with a Go module, in this tree. */
export interface GoModule {
  readonly folder: string;
  /** Package to build: a folder of the module, or a package that it requires. */
  readonly package: string;
}

/** @returns path of `go`, or why there is none */
export async function findGo(): Promise<{ readonly path: string } | { readonly missing: string }> {
  const path = (await findOnPath("go")) ?? (await present("/usr/local/go/bin/go"));
  if (path === undefined) return { missing: "there is no go on PATH" };
  const version = await runCommand(path, ["version"]);
  const minor = Number(/go1\.(\d+)/.exec(version)?.[1] ?? 0);
  if (minor < LEAST_GO_MINOR) return { missing: `${version.trim()} is too old` };
  return { path };
}

/**
 * Builds a Go program once, into the cache folder: again only when a file of its module has changed.
 *
 * @returns path of the program
 * @throws {Error} with the compiler's output
 */
export async function buildGo(go: string, { folder, package: wanted }: GoModule): Promise<string> {
  const name = `${wanted.split("/").at(-1)}-${await digestOf(folder)}`;
  const program = join(cacheFolder(), "go", name);
  await withFileLock(`${program}.lock`, async () => {
    if ((await present(program)) !== undefined) return;
    await mkdir(dirname(program), { recursive: true });
    const fresh = `${program}.${process.pid}.new`;
    await runCommand(go, ["build", "-mod=readonly", "-o", fresh, wanted], {
      cwd: folder,
      timeoutMs: BUILD_TIMEOUT_MS,
    });
    await rename(fresh, program);
  });
  return program;
}

async function digestOf(folder: string): Promise<string> {
  const hash = createHash("sha1");
  for (const name of (await readdir(folder, { recursive: true })).toSorted()) {
    if (/\.(?:go|mod|sum)$/.test(name))
      hash.update(name).update(await readFile(join(folder, name)));
  }
  return hash.digest("hex").slice(0, 12);
}

async function present(path: string): Promise<string | undefined> {
  try {
    await stat(path);
    return path;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}
