import { FeatureStoreError } from "@ofs/platform";
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type ParsedNode,
  parseDocument,
} from "yaml";

/** What stands in a tree file, the same for JSON and YAML. Scalars keep their text, digit by digit. */
export type AuthorValue =
  | { readonly kind: "none" }
  | AuthorScalar
  | { readonly kind: "list"; readonly items: readonly AuthorValue[] }
  | AuthorMap;

export interface AuthorScalar {
  readonly kind: "scalar";
  readonly text: string;
  /** Written without quotes, so it may stand for a number or a boolean. */
  readonly isPlain: boolean;
}

export interface AuthorMap {
  readonly kind: "map";
  /** In the order of the file. */
  readonly members: ReadonlyMap<string, AuthorValue>;
}

/** A tree file that cannot be used. Names the place and the value. */
export class TreeFileError extends FeatureStoreError {
  override readonly name = "TreeFileError";

  constructor(path: string, reason: string, options?: ErrorOptions) {
    super("INVALID_ARGUMENT", `tree file: ${path === "" ? "" : `${path}: `}${reason}`, options);
  }
}

export const TREE_FILE_FORMATS = ["json", "yaml"] as const;
export type TreeFileFormat = (typeof TREE_FILE_FORMATS)[number];

const TEXT_LENGTH_MAX = 64 * 1024 * 1024;
const DEPTH_MAX = 32;
/** Values of one file, with those that aliases repeat. */
const VALUE_COUNT_MAX = 5_000_000;

const NONE: AuthorValue = { kind: "none" };

/** @throws {TreeFileError} */
export function parseAuthorValue(text: string, format: TreeFileFormat): AuthorValue {
  if (text.length > TEXT_LENGTH_MAX) {
    throw new TreeFileError("", `is longer than ${TEXT_LENGTH_MAX} characters`);
  }
  const budget: Budget = { left: VALUE_COUNT_MAX };
  if (format === "json") return fromJson(parseJsonText(text), [], budget);
  // Failsafe: every scalar stays the text that was written, `1.10` and `007` too.
  const document = parseDocument(text, { schema: "failsafe", uniqueKeys: true });
  const [error] = document.errors;
  if (error !== undefined) throw new TreeFileError("", `is not YAML: ${error.message}`);
  return fromYaml(document.contents, [], document, budget);
}

interface Budget {
  left: number;
}

function spend(budget: Budget, names: readonly string[]): void {
  budget.left -= 1;
  if (budget.left < 0) {
    throw new TreeFileError(names.join("/"), `more than ${VALUE_COUNT_MAX} values`);
  }
  if (names.length > DEPTH_MAX) {
    throw new TreeFileError(names.slice(0, 8).join("/"), `is deeper than ${DEPTH_MAX} levels`);
  }
}

function parseJsonText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TreeFileError("", `is not JSON: ${(cause as Error).message}`, { cause });
  }
}

function fromJson(value: unknown, names: readonly string[], budget: Budget): AuthorValue {
  spend(budget, names);
  if (value === null) return NONE;
  if (typeof value === "string") return { kind: "scalar", text: value, isPlain: false };
  if (typeof value === "boolean") return { kind: "scalar", text: String(value), isPlain: true };
  if (typeof value === "number") return fromJsonNumber(value, names);
  if (Array.isArray(value)) {
    const items = value.map((item, index) => fromJson(item, [...names, String(index)], budget));
    return { kind: "list", items };
  }
  const members = new Map<string, AuthorValue>();
  for (const [name, member] of Object.entries(value as object)) {
    members.set(name, fromJson(member, [...names, name], budget));
  }
  return { kind: "map", members };
}

function fromJsonNumber(value: number, names: readonly string[]): AuthorValue {
  if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
    const reason = `${value} does not keep its digits as a JSON number: put it in quotes`;
    throw new TreeFileError(names.join("/"), reason);
  }
  return { kind: "scalar", text: String(value), isPlain: true };
}

function fromYaml(
  node: ParsedNode | null | undefined,
  names: readonly string[],
  document: Document.Parsed,
  budget: Budget,
): AuthorValue {
  spend(budget, names);
  if (node === null || node === undefined) return NONE;
  if (isAlias(node)) return fromYaml(resolve(node, names, document), names, document, budget);
  if (isScalar(node)) return fromYamlScalar(String(node.value ?? ""), node.type === "PLAIN");
  if (isSeq(node)) {
    const items = node.items.map((item, index) =>
      fromYaml(item as ParsedNode, [...names, String(index)], document, budget),
    );
    return { kind: "list", items };
  }
  const members = new Map<string, AuthorValue>();
  if (isMap(node)) {
    for (const { key, value } of node.items) {
      if (!isScalar(key)) throw new TreeFileError(names.join("/"), "has a name that is not text");
      const name = String(key.value ?? "");
      members.set(name, fromYaml(value as ParsedNode | null, [...names, name], document, budget));
    }
  }
  return { kind: "map", members };
}

function fromYamlScalar(text: string, isPlain: boolean): AuthorValue {
  if (isPlain && (text === "" || text === "~" || text === "null")) return NONE;
  return { kind: "scalar", text, isPlain };
}

function resolve(alias: Alias, names: readonly string[], document: Document.Parsed): ParsedNode {
  const target = alias.resolve(document);
  if (target === undefined) {
    throw new TreeFileError(names.join("/"), `alias *${alias.source} has no anchor`);
  }
  return target as ParsedNode;
}
