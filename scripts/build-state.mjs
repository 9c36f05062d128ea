/** Tells whether the built files of a checkout belong to its sources. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { workspaceFolders } from "./install-state.mjs";

const ROOT_FILES = ["tsconfig.base.json", "package.json"];
/** Folders of a package that the build neither reads nor writes. */
const OTHER_FOLDERS = new Set(["node_modules", "dist", "test", "bench", "coverage", "vectors"]);

/** Hash of names, sizes and times of change of all that the compiler reads. */
export function buildStamp(root) {
  const hash = createHash("sha256");
  hash.update(`${process.version}\n`);
  const files = workspaceFolders(root).flatMap((folder) => listFiles(root, folder));
  for (const file of [...ROOT_FILES, ...files]) {
    const { mtimeMs, size } = statSync(join(root, file));
    hash.update(`${file} ${mtimeMs} ${size}\n`);
  }
  return hash.digest("hex");
}

/** Built files that should be there and are not, such as "packages/codec/dist/index.js". */
export function missingOutputs(root) {
  const compiled = projectFolders(root)
    .flatMap((folder) => listFiles(root, `${folder}/src`))
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
    .map((file) => file.replace("/src/", "/dist/").replace(/\.ts$/, ".js"));
  const bundled = bundleFolders(root).map((folder) => `${folder}/dist/index.html`);
  return [...compiled, ...bundled].filter((file) => !existsSync(join(root, file)));
}

/** Workspace folders that the compiler builds. The root project only checks tests. */
export function projectFolders(root) {
  return workspaceFolders(root).filter(
    (folder) => existsSync(join(root, folder, "tsconfig.json")) && !isBundle(root, folder),
  );
}

/** Workspace folders of web pages: a bundler builds them, and the compiler only checks them. */
export function bundleFolders(root) {
  return workspaceFolders(root).filter((folder) => isBundle(root, folder));
}

function isBundle(root, folder) {
  return existsSync(join(root, folder, "vite.config.ts"));
}

function listFiles(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries
    .filter((entry) => !OTHER_FOLDERS.has(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? listFiles(root, path) : [path];
    });
}
