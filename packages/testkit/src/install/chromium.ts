import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "./cache-folder.ts";
import { extractDebianPackages } from "./debian-packages.ts";
import { type Executable, executableEnv, findOnPath, runs } from "./executable.ts";
import { hasCode, withFileLock } from "./file-lock.ts";
import type { Log } from "./log.ts";

const NAME = "chromium";
const DEBIAN_PACKAGES = ["chromium", "fonts-dejavu-core", "fontconfig-config"];
/** The script in `usr/bin` looks for this in the system's folders. */
const PROGRAM = "usr/lib/chromium/chromium";
/** Libraries that one of the packages keeps in a folder of its own. */
const NESTED_LIBRARIES = "pulseaudio";

/** A browser for tests: what to start, and its environment. */
export interface Chromium {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Finds Chromium on PATH or in the cache, else unpacks Debian's packages into the cache; the system itself is never
 * changed. Its version is not tied to a browser driver's: only what all versions know can be relied on.
 *
 * @throws {Error} when there is no way
 */
export async function findChromium(log: Log): Promise<Chromium> {
  for (const program of ["chromium", "chromium-browser", "google-chrome"]) {
    const path = await findOnPath(program);
    if (path !== undefined && (await runs({ path }))) return { path, env: process.env };
  }
  const executable = await findOrExtract(log);
  const env = { ...executableEnv(executable), ...(await fontSettings()) };
  return { path: executable.path, env };
}

async function findOrExtract(log: Log): Promise<Executable> {
  const present = await findExtractedChromium();
  if (present !== undefined) return present;
  if ((await findOnPath("apt-get")) === undefined) {
    throw new Error("chromium not found on PATH, and without apt-get there is no way to fetch it");
  }
  return withFileLock(join(cacheFolder(), "debian", `${NAME}.lock`), async () => {
    const meanwhile = await findExtractedChromium();
    if (meanwhile !== undefined) return meanwhile;
    await extractDebianPackages(NAME, DEBIAN_PACKAGES, log);
    const extracted = await findExtractedChromium();
    if (extracted !== undefined) return extracted;
    throw new Error(`chromium of the packages ${DEBIAN_PACKAGES.join(", ")} does not run here`);
  });
}

async function findExtractedChromium(): Promise<Executable | undefined> {
  const libraries = join(extractedRoot(), "usr/lib");
  const folders = (await namesIn(libraries))
    .filter((name) => name.endsWith("-linux-gnu"))
    .flatMap((name) => [join(libraries, name), join(libraries, name, NESTED_LIBRARIES)]);
  const path = join(extractedRoot(), PROGRAM);
  const executable: Executable = { path, libraryPath: folders.join(":") };
  return (await runs(executable)) ? executable : undefined;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  }
}

function extractedRoot(): string {
  return join(cacheFolder(), "debian", NAME);
}

/** Fonts are looked for in the system's folders unless told otherwise. */
async function fontSettings(): Promise<NodeJS.ProcessEnv> {
  const folder = join(cacheFolder(), "debian", `${NAME}-fonts`);
  await mkdir(folder, { recursive: true });
  const file = join(folder, "fonts.conf");
  await writeFile(
    file,
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>${join(extractedRoot(), "usr/share/fonts")}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${join(folder, "cache")}</cachedir>
</fontconfig>
`,
  );
  return { FONTCONFIG_FILE: file };
}
