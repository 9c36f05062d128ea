/** Tells whether the packages of a checkout are installed as its lock file says. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const WORKSPACE_FOLDERS = ["packages", "services"];
const ROOT_FILES = ["pnpm-lock.yaml", "pnpm-workspace.yaml"];

/** Folders with a package.json, relative to the root: "packages/codec". */
export function workspaceFolders(root) {
  return WORKSPACE_FOLDERS.flatMap((group) => {
    const folder = join(root, group);
    return existsSync(folder) ? readdirSync(folder).map((name) => `${group}/${name}`) : [];
  })
    .filter((folder) => existsSync(join(root, folder, "package.json")))
    .sort();
}

/** Hash of all that decides what an install makes. */
export function installStamp(root) {
  const hash = createHash("sha256");
  hash.update(`${process.version} ${process.platform} ${process.arch}\n`);
  const manifests = ["", ...workspaceFolders(root)].map((folder) => join(folder, "package.json"));
  for (const file of [...ROOT_FILES, ...manifests]) {
    hash.update(`${file}\0`);
    hash.update(readFileSync(join(root, file)));
  }
  return hash.digest("hex");
}

/** Dependencies that are named in a package.json and not there, as "packages/codec: zod". */
export function missingPackages(root) {
  return ["", ...workspaceFolders(root)].flatMap((folder) => {
    const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    const names = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
    return names
      .filter((name) => !existsSync(join(root, folder, "node_modules", name)))
      .map((name) => `${folder || "."}: ${name}`);
  });
}

/** What `writeStamp` left, or `undefined`. */
export function readStamp(root, name) {
  const path = stampPath(root, name);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** Records a step as done; written last, so an interrupted step is done again. */
export function writeStamp(root, name, stamp) {
  mkdirSync(join(root, "node_modules", ".ofs"), { recursive: true });
  writeFileSync(stampPath(root, name), stamp);
}

export function removeStamp(root, name) {
  rmSync(stampPath(root, name), { force: true });
}

function stampPath(root, name) {
  return join(root, "node_modules", ".ofs", `${name}-stamp`);
}
