import { writeFile } from "node:fs/promises";
import { findOnPath, hasCode, runCommand } from "@ofs/testkit";

/** Programs, and the Debian packages that have them. */
const TOOLS = [
  ["buildah", "buildah"],
  ["debootstrap", "debootstrap"],
  ["ip", "iproute2"],
  ["unshare", "util-linux"],
  ["nsenter", "util-linux"],
  ["chroot", "coreutils"],
] as const;
const SERVICE_POLICY = "/usr/sbin/policy-rc.d";
const INSTALL_TIMEOUT_MS = 300_000;

/** Images cannot be built and tried on this machine; the message says why. */
export class NoToolsError extends Error {
  override readonly name = "NoToolsError";
}

/**
 * Installs what is missing.
 *
 * @throws {NoToolsError} if this machine has no way: no root, no apt, no namespaces
 */
export async function installTools(log: (text: string) => void): Promise<void> {
  if (process.getuid?.() !== 0) throw new NoToolsError("only root can build images in a chroot");
  const missing = await missingPackages();
  if (missing.length > 0) {
    if ((await findOnPath("apt-get")) === undefined) {
      throw new NoToolsError(`${missing.join(", ")} missing, and there is no apt-get`);
    }
    log(`installing ${missing.join(", ")}`);
    await install(missing);
  }
  try {
    await runCommand("unshare", [
      "--mount",
      "--pid",
      "--net",
      "--fork",
      "ip",
      "link",
      "set",
      "lo",
      "up",
    ]);
  } catch (error) {
    throw new NoToolsError("this machine gives no namespaces", { cause: error });
  }
}

async function missingPackages(): Promise<string[]> {
  const missing = new Set<string>();
  for (const [program, debianPackage] of TOOLS) {
    if ((await findOnPath(program)) === undefined) missing.add(debianPackage);
  }
  return [...missing];
}

async function install(packages: readonly string[]): Promise<void> {
  // Services of packages must not be started.
  await writeFile(SERVICE_POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755, flag: "wx" }).catch(
    (error: unknown) => {
      if (!hasCode(error, "EEXIST")) throw error;
    },
  );
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const options = { env, timeoutMs: INSTALL_TIMEOUT_MS };
  try {
    await runCommand("apt-get", ["update", "-qq"], options);
    const flags = ["install", "-y", "-qq", "--no-install-recommends"];
    await runCommand("apt-get", [...flags, ...packages], options);
  } catch (error) {
    throw new NoToolsError("the tools could not be installed", { cause: error });
  }
}
