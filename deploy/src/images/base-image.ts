import { copyFile, cp, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "@ofs/testkit";
import { BASE_IMAGE, NODE_MAJOR } from "../dockerfiles.ts";
import { nodeBinary } from "../node-versions/node-binary.ts";
import type { ImageStore } from "./image-store.ts";

const DEBIAN_RELEASE = "bookworm";
const CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";
const DEBOOTSTRAP_TIMEOUT_MS = 400_000;

/**
 * Makes a stand-in for the base image under its name, where no registry of images can be reached: Debian's smallest
 * system with Node's binary, npm, and the authorities that this machine trusts. Once; later calls find it.
 */
export async function makeBaseImage(store: ImageStore, log: (text: string) => void): Promise<void> {
  if (await store.has(BASE_IMAGE)) return;
  log(`making a stand-in for ${BASE_IMAGE}`);
  const root = await mkdtemp(join(tmpdir(), "ofs-base-"));
  try {
    await fill(root);
    const container = await store.run(["from", "scratch"]);
    try {
      await store.run(["add", "--quiet", container, root, "/"]);
      const variables = [
        `NODE_EXTRA_CA_CERTS=${CERTIFICATES}`,
        `npm_config_cafile=${CERTIFICATES}`,
      ];
      const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
      const env = [path, ...variables].flatMap((variable) => ["--env", variable]);
      await store.run(["config", ...env, container]);
      await store.run(["commit", "--quiet", container, BASE_IMAGE]);
    } finally {
      await store.run(["rm", container]);
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function fill(root: string): Promise<void> {
  const options = ["--variant=minbase", "--include=ca-certificates,libstdc++6"];
  // What it mounts goes with its namespace.
  const debootstrap = ["--mount", "debootstrap", ...options, DEBIAN_RELEASE, root];
  await runCommand("unshare", debootstrap, { timeoutMs: DEBOOTSTRAP_TIMEOUT_MS });
  // Packages that were fetched for the installation.
  await rm(join(root, "var/cache/apt/archives"), { recursive: true, force: true });
  const modules = join(root, "usr/local/lib/node_modules");
  await mkdir(modules, { recursive: true });
  const bin = join(root, "usr/local/bin");
  await copyFile(await nodeBinary(NODE_MAJOR), join(bin, "node"));
  const npm = join((await runCommand("npm", ["root", "--global"])).trim(), "npm");
  await cp(npm, join(modules, "npm"), { recursive: true });
  await symlink("../lib/node_modules/npm/bin/npm-cli.js", join(bin, "npm"));
  await copyFile(CERTIFICATES, join(root, CERTIFICATES));
}
