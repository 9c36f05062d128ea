import { readFile } from "node:fs/promises";
import { type DataType, dataTypeByName } from "@ofs/codec";
import { foldName, quote } from "../parse/fields.ts";
import type { RegistryChange } from "../source.ts";
import {
  type AuthorMap,
  type AuthorValue,
  parseAuthorValue,
  TreeFileError,
  type TreeFileFormat,
} from "./author-value.ts";
import { expandFeatureList } from "./feature-list.ts";
import { formatJsonLeaf } from "./json-leaf.ts";

/** Where the tree wants one JSON value rather than sub-keys; `*` is any name. */
const JSON_LEAVES: readonly string[] = [
  "security/reader/*",
  "security/writer/*",
  "storage/stores/*",
  "circuitbreaker/*",
  "entities/*/feature-groups/*/features/*/feature-meta",
];

const GROUP = "entities/*/feature-groups/*";
const FEATURE_LIST = `${GROUP}/features/*`;

/**
 * Reads a tree written as a nested mapping; see the README for the forms it may take.
 *
 * @returns one change for each path, values never undefined
 * @throws {TreeFileError} INVALID_ARGUMENT, naming path and value
 */
export function parseTreeFile(text: string, format: TreeFileFormat): RegistryChange[] {
  const value = parseAuthorValue(text, format);
  if (value.kind === "none") return [];
  if (value.kind !== "map") throw new TreeFileError("", "is not a mapping");
  const leaves = new Map<string, string>();
  flattenMap(value, [], { leaves, group: undefined });
  return [...leaves].map(([path, leaf]) => ({ path, value: Buffer.from(leaf) }));
}

/**
 * Reads a tree file whose name ends in `.json`, `.yaml` or `.yml`.
 *
 * @throws {TreeFileError} INVALID_ARGUMENT; also for a file that cannot be read
 */
export async function loadTreeFile(file: string): Promise<RegistryChange[]> {
  const format = formatOf(file);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    const reason = `${file} cannot be read: ${(cause as Error).message}`;
    throw new TreeFileError("", reason, { cause });
  }
  return parseTreeFile(text, format);
}

function formatOf(file: string): TreeFileFormat {
  if (file.endsWith(".json")) return "json";
  if (/\.ya?ml$/.test(file)) return "yaml";
  throw new TreeFileError("", `${file} ends in none of .json, .yaml, .yml`);
}

interface Flattening {
  readonly leaves: Map<string, string>;
  /** The feature group on the way down to here. */
  readonly group: AuthorMap | undefined;
}

/** Recursion is bounded by the depth that the file's reader allows. */
function flattenMap(map: AuthorMap, names: readonly string[], state: Flattening): void {
  for (const [name, value] of map.members) {
    if (name === "" || name.includes("/")) {
      throw new TreeFileError(names.join("/"), `${quote(name)} is not a name: empty or with a /`);
    }
    flatten(value, [...names, name], state);
  }
}

function flatten(value: AuthorValue, names: readonly string[], state: Flattening): void {
  const path = names.join("/");
  switch (value.kind) {
    case "none":
      return;
    case "scalar":
      if (value.text !== "") state.leaves.set(path, value.text);
      return;
    case "list":
      state.leaves.set(path, formatCommaList(value.items, path));
      return;
    case "map":
      break;
  }
  if (JSON_LEAVES.some((pattern) => matches(names, pattern))) {
    state.leaves.set(path, formatJsonLeaf(value));
  } else if (matches(names, FEATURE_LIST) && !hasLabels(value)) {
    const leaves = expandFeatureList(value, path, dataTypeOf(state.group, names));
    state.leaves.set(`${path}/labels`, leaves.labels);
    state.leaves.set(`${path}/feature-meta`, leaves.featureMeta);
    state.leaves.set(`${path}/default-values`, leaves.defaultValues);
  } else {
    flattenMap(value, names, matches(names, GROUP) ? { ...state, group: value } : state);
  }
}

/** Whether a version is written as the tree holds it. A feature that is named so is a mapping. */
function hasLabels(version: AuthorMap): boolean {
  const kind = version.members.get("labels")?.kind;
  return kind === "scalar" || kind === "list";
}

function formatCommaList(items: readonly AuthorValue[], path: string): string {
  const texts = items.map((item) => {
    if (item.kind === "scalar" && item.text !== "" && !item.text.includes(",")) return item.text;
    throw new TreeFileError(path, "is a list with an item that is not a text without commas");
  });
  return texts.join(",");
}

function dataTypeOf(group: AuthorMap | undefined, names: readonly string[]): DataType {
  const path = `${names.slice(0, 4).join("/")}/data-type`;
  for (const [name, value] of group?.members ?? []) {
    if (foldName(name) !== "datatype" || value.kind !== "scalar") continue;
    const dataType = dataTypeByName(value.text);
    if (dataType !== undefined) return dataType;
    throw new TreeFileError(path, `${quote(value.text)} is not a data type`);
  }
  throw new TreeFileError(path, "is missing, and the features' defaults need it");
}

function matches(names: readonly string[], pattern: string): boolean {
  const parts = pattern.split("/");
  if (parts.length !== names.length) return false;
  return parts.every(
    (part, index) => part === "*" || foldName(names[index] ?? "") === foldName(part),
  );
}
