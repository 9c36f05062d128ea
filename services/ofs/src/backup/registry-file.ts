import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { OWNER_ONLY, refused } from "./manifest.ts";

/** The trees of an etcd: a JSON object a line, readable and comparable by line. */
export const REGISTRY_FILE = "registry.ndjson";

/** The two registries of an application. */
export const DIALECTS = ["block", "row"] as const;

export type RegistryDialect = (typeof DIALECTS)[number];

/** Entries of each tree, by path. */
export type KeptTrees = Readonly<Record<RegistryDialect, ReadonlyMap<string, Uint8Array>>>;

const tree = z.enum(DIALECTS);
const lineSchema = z.union([
  z.strictObject({ tree, path: z.string(), value: z.string() }),
  z.strictObject({ tree, path: z.string(), base64: z.base64() }),
]);

/** @param folder in which the file is made */
export async function writeRegistryFile(folder: string, trees: KeptTrees): Promise<void> {
  const file = await open(join(folder, REGISTRY_FILE), "wx", OWNER_ONLY);
  try {
    for (const dialect of DIALECTS) {
      for (const line of linesOf(dialect, trees[dialect])) await file.write(`${line}\n`);
    }
  } finally {
    await file.close();
  }
}

/** @throws {FeatureStoreError} FAILED_PRECONDITION, naming file and line, for what was never written so */
export async function readRegistryFile(folder: string): Promise<KeptTrees> {
  const path = join(folder, REGISTRY_FILE);
  const kept = { block: new Map<string, Uint8Array>(), row: new Map<string, Uint8Array>() };
  let lineNumber = 0;
  for await (const text of createInterface({ input: createReadStream(path) })) {
    lineNumber += 1;
    const line = parseLine(text, `${path}:${lineNumber}`);
    const bytes = "value" in line ? Buffer.from(line.value) : Buffer.from(line.base64, "base64");
    kept[line.tree].set(line.path, bytes);
  }
  return kept;
}

function* linesOf(
  dialect: RegistryDialect,
  entries: ReadonlyMap<string, Uint8Array>,
): Iterable<string> {
  for (const [path, bytes] of [...entries].sort(byPath)) {
    const value = Buffer.from(bytes);
    const entry = isUtf8(value)
      ? { tree: dialect, path, value: value.toString("utf8") }
      : { tree: dialect, path, base64: value.toString("base64") };
    yield JSON.stringify(entry);
  }
}

function byPath([left]: [string, unknown], [right]: [string, unknown]): number {
  return left < right ? -1 : 1;
}

function parseLine(text: string, place: string): z.output<typeof lineSchema> {
  try {
    return lineSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw refused(place, "it is no entry of a registry", { cause });
  }
}
