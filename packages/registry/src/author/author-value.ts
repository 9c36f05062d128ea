import { FeatureStoreError } from "@ofs/platform";
import { type Alias, isAlias, isScalar, isSeq, type ParsedNode, parseDocument } from "yaml";

/** What stands in a tree file, the same for JSON and YAML. Scalars keep their text, digit by digit. */
export type AuthorValue = AuthorNone | AuthorScalar | AuthorList | AuthorMap;

export interface AuthorNone {
  readonly kind: "none";
}

export interface AuthorScalar {
  readonly kind: "scalar";
  readonly text: string;
  /** Written without quotes, so it may stand for a number or a boolean. */
  readonly isPlain: boolean;
}

export interface AuthorList extends AuthorExtent {
  readonly kind: "list";
  readonly items: readonly AuthorValue[];
}

export interface AuthorMap extends AuthorExtent {
  readonly kind: "map";
  /** In the order of the file. */
  readonly members: ReadonlyMap<string, AuthorValue>;
}

/** How large a value is with its aliases written out. */
interface AuthorExtent {
  readonly valueCount: number;
  readonly depth: number;
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
/** Levels, and values, of one file, with its aliases written out. */
const DEPTH_MAX = 32;
const VALUE_COUNT_MAX = 5_000_000;

const NONE: AuthorNone = { kind: "none" };

/** @throws {TreeFileError} */
export function parseAuthorValue(text: string, format: TreeFileFormat): AuthorValue {
  if (text.length > TEXT_LENGTH_MAX) {
    throw new TreeFileError("", `is longer than ${TEXT_LENGTH_MAX} characters`);
  }
  if (format === "json") return fromJson(parseJsonText(text), []);
  return fromYaml(parseYamlText(text), [], new Map());
}

function parseYamlText(text: string): ParsedNode | null {
  try {
    // Failsafe: every scalar stays the text that was written, `1.10` and `007` too.
    const { contents, errors } = parseDocument(text, { schema: "failsafe", uniqueKeys: true });
    if (errors[0] !== undefined) throw errors[0];
    return contents;
  } catch (cause) {
    // Not only its own errors: text that nests too deep ends its stack.
    throw new TreeFileError("", `is not YAML: ${(cause as Error).message}`, { cause });
  }
}

function createList(items: readonly AuthorValue[], names: readonly string[]): AuthorList {
  return { kind: "list", items, ...measure(items, names) };
}

function createMap(members: ReadonlyMap<string, AuthorValue>, names: readonly string[]): AuthorMap {
  return { kind: "map", members, ...measure(members.values(), names) };
}

function measure(parts: Iterable<AuthorValue>, names: readonly string[]): AuthorExtent {
  let valueCount = 1;
  let depth = 1;
  for (const part of parts) {
    valueCount += "valueCount" in part ? part.valueCount : 1;
    depth = Math.max(depth, "depth" in part ? part.depth + 1 : 1);
  }
  if (valueCount > VALUE_COUNT_MAX) {
    throw new TreeFileError(names.join("/"), `more than ${VALUE_COUNT_MAX} values`);
  }
  if (depth > DEPTH_MAX) {
    throw new TreeFileError(names.join("/"), `is deeper than ${DEPTH_MAX} levels`);
  }
  return { valueCount, depth };
}

/** Before going down: text alone may nest far deeper than the stack reaches. */
function assertDepth(names: readonly string[]): void {
  if (names.length <= DEPTH_MAX) return;
  throw new TreeFileError(names.slice(0, 8).join("/"), `is deeper than ${DEPTH_MAX} levels`);
}

function parseJsonText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TreeFileError("", `is not JSON: ${(cause as Error).message}`, { cause });
  }
}

function fromJson(value: unknown, names: readonly string[]): AuthorValue {
  assertDepth(names);
  if (value === null) return NONE;
  if (typeof value === "string") return { kind: "scalar", text: value, isPlain: false };
  if (typeof value === "boolean") return { kind: "scalar", text: String(value), isPlain: true };
  if (typeof value === "number") return fromJsonNumber(value, names);
  if (Array.isArray(value)) {
    const items = value.map((item, index) => fromJson(item, [...names, String(index)]));
    return createList(items, names);
  }
  const members = new Map<string, AuthorValue>();
  for (const [name, member] of Object.entries(value as object)) {
    members.set(name, fromJson(member, [...names, name]));
  }
  return createMap(members, names);
}

function fromJsonNumber(value: number, names: readonly string[]): AuthorValue {
  if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
    const reason = `${value} does not keep its digits as a JSON number: put it in quotes`;
    throw new TreeFileError(names.join("/"), reason);
  }
  return { kind: "scalar", text: String(value), isPlain: true };
}

/** Values of the anchors so far. An alias is the same value again, not a copy. */
type Anchors = Map<string, AuthorValue>;

function fromYaml(
  node: ParsedNode | null | undefined,
  names: readonly string[],
  anchors: Anchors,
): AuthorValue {
  assertDepth(names);
  if (node === null || node === undefined) return NONE;
  if (isAlias(node)) {
    const value = anchors.get(node.source);
    if (value !== undefined) return value;
    throw new TreeFileError(names.join("/"), `alias *${node.source} has no anchor before it`);
  }
  const value = fromYamlNode(node, names, anchors);
  if (node.anchor !== undefined) anchors.set(node.anchor, value);
  return value;
}

function fromYamlNode(
  node: Exclude<ParsedNode, Alias>,
  names: readonly string[],
  anchors: Anchors,
): AuthorValue {
  if (isScalar(node)) return fromYamlScalar(String(node.value ?? ""), node.type === "PLAIN");
  if (isSeq(node)) {
    const items = node.items.map((item, index) =>
      fromYaml(item as ParsedNode, [...names, String(index)], anchors),
    );
    return createList(items, names);
  }
  const members = new Map<string, AuthorValue>();
  for (const { key, value } of node.items) {
    if (!isScalar(key)) throw new TreeFileError(names.join("/"), "has a name that is not text");
    const name = String(key.value ?? "");
    members.set(name, fromYaml(value as ParsedNode | null, [...names, name], anchors));
  }
  return createMap(members, names);
}

function fromYamlScalar(text: string, isPlain: boolean): AuthorValue {
  if (isPlain && (text === "" || text === "~" || text === "null")) return NONE;
  return { kind: "scalar", text, isPlain };
}
