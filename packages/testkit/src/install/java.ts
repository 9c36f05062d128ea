import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "./cache-folder.ts";
import { findOnPath } from "./executable.ts";
import { hasCode, withFileLock } from "./file-lock.ts";
import type { Log } from "./log.ts";
import { runCommand } from "./run-command.ts";

const SYSTEM_JVM_FOLDER = "/usr/lib/jvm";

/**
 * Finds a `java` of one of the wanted major versions: `$JAVA_HOME`, PATH, then /usr/lib/jvm.
 * As root on a machine with apt-get and without one, installs Debian's (it cannot be unpacked
 * into a cache: its packages are completed by scripts).
 *
 * @throws {Error} when there is none, naming `variable`
 */
export async function findJava(
  majors: readonly number[],
  variable: string,
  log: Log,
): Promise<string> {
  const present = await findPresentJava(majors);
  if (present !== undefined) return present;
  const major = Math.max(...majors);
  await installSystemPackage(`openjdk-${major}-jre-headless`, variable, log);
  const installed = await findPresentJava(majors);
  if (installed !== undefined) return installed;
  throw new Error(`no Java ${majors.join(" or ")} found; install one or set ${variable}`);
}

async function findPresentJava(majors: readonly number[]): Promise<string | undefined> {
  const { JAVA_HOME } = process.env;
  const candidates = [JAVA_HOME && join(JAVA_HOME, "bin", "java"), await findOnPath("java")];
  for (const name of await systemJvms()) {
    candidates.push(join(SYSTEM_JVM_FOLDER, name, "bin", "java"));
  }
  for (const path of candidates) {
    if (path && majors.includes(await javaMajor(path))) return path;
  }
  return undefined;
}

async function systemJvms(): Promise<string[]> {
  try {
    return await readdir(SYSTEM_JVM_FOLDER);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  }
}

/** 0 when it does not run. */
async function javaMajor(path: string): Promise<number> {
  try {
    const output = await runCommand(path, ["--version"]);
    return Number.parseInt(/^\w+ (\d+)/.exec(output)?.[1] ?? "0", 10);
  } catch {
    return 0; // not a Java of today: the caller tries the next one
  }
}

/**
 * Copies artifacts with everything they need at run time into one folder of the cache.
 *
 * @param coordinates `group:artifact:version`
 * @returns the folder of jars
 */
export async function installMavenArtifacts(
  name: string,
  coordinates: readonly string[],
  variable: string,
  log: Log,
): Promise<string> {
  const folder = join(cacheFolder(), "maven", name);
  if (await exists(folder)) return folder;
  // One at a time: Maven's own repository is not safe for several of them.
  await withFileLock(join(cacheFolder(), "maven", "lock"), async () => {
    if (await exists(folder)) return;
    if ((await findOnPath("mvn")) === undefined) await installSystemPackage("maven", variable, log);
    log(`${name}: fetching jars with Maven`);
    const fresh = `${folder}.${process.pid}.new`;
    await rm(fresh, { recursive: true, force: true });
    await mkdir(fresh, { recursive: true });
    const pom = join(fresh, "pom.xml");
    await writeFile(pom, formatPom(coordinates));
    const goal = ["dependency:copy-dependencies", "-DoutputDirectory=.", "-DincludeScope=runtime"];
    await runCommand("mvn", ["-q", "-B", "-f", pom, ...goal], { cwd: fresh });
    await rename(fresh, folder);
  });
  return folder;
}

async function exists(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length > 0;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return false;
    throw error;
  }
}

function formatPom(coordinates: readonly string[]): string {
  const dependencies = coordinates.map((coordinate) => {
    const [group, artifact, version] = coordinate.split(":");
    return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
  });
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion>
<groupId>ofs</groupId><artifactId>test-server</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>${dependencies.join("")}</dependencies>
</project>
`;
}

async function installSystemPackage(name: string, variable: string, log: Log): Promise<void> {
  if (process.getuid?.() !== 0 || (await findOnPath("apt-get")) === undefined) {
    throw new Error(
      `${name} is missing and cannot be installed (that needs root and apt-get): install it, or ` +
        `set ${variable} to the address of a running server`,
    );
  }
  log(`installing the system package ${name}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const install = ["install", "-y", "--no-install-recommends", name];
  const lock = join(cacheFolder(), "debian", "system.lock");
  await withFileLock(lock, async () => {
    await runCommand("apt-get", ["update"], { env });
    await runCommand("apt-get", ["-o", "DPkg::Lock::Timeout=600", ...install], { env });
  });
}
