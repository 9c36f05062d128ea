import { readdir, readFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

/** Names of packages in the import and export statements of a formatted file. */
const IMPORTS =
  /^(?:import |(?:import|export) .*from |\} from )"((?:@[\w.-]+\/)?[\w-][\w.-]*)(?:\/[^"]*)?";$/gm;
// Those run where they are developed, or are bundled.
const NOT_DEPLOYED = new Set(["packages/testkit", "packages/differential", "services/horizon-ui"]);

async function projects(): Promise<string[]> {
  const folders = ["packages", "services"].map(async (folder) => {
    return (await readdir(join(ROOT, folder))).map((name) => `${folder}/${name}`);
  });
  return (await Promise.all(folders)).flat().filter((name) => !NOT_DEPLOYED.has(name));
}

// Packages for development alone are not in images.
test.each(await projects())("%s names what it imports as dependencies", async (project) => {
  const manifest = JSON.parse(await readFile(join(ROOT, project, "package.json"), "utf8")) as {
    readonly name: string;
    readonly dependencies?: Readonly<Record<string, string>>;
  };
  const known = new Set([manifest.name, ...Object.keys(manifest.dependencies ?? {})]);
  const sources = join(ROOT, project, "src");
  const unknown = new Set<string>();
  for (const path of await readdir(sources, { recursive: true })) {
    if (!path.endsWith(".ts")) continue;
    const text = await readFile(join(sources, path), "utf8");
    for (const [, name = ""] of text.matchAll(IMPORTS)) {
      if (!(isBuiltin(name) || known.has(name))) unknown.add(`${path}: ${name}`);
    }
  }
  expect([...unknown]).toEqual([]);
});
