/**
 * What a place of the tree says by itself: the stored bytes, or a part of a JSON value further up
 * (text, number, boolean, list or object; never null, which counts as absent).
 */
export type ConfigValue = Uint8Array | string | number | boolean | object;

const NO_CHILDREN: ReadonlyMap<string, ConfigNode> = new Map();

/** Parsing deeper JSON would cost more than any real tree needs. */
const JSON_SIZE_BYTES_MAX = 64 * 1024 * 1024;

/**
 * One place of the registry tree. Immutable: a change makes new nodes on the way from the root to it,
 * all others stay the same objects. So an unchanged identity means unchanged content, below it too.
 */
export class ConfigNode {
  /** In order of precedence: a key of its own, then JSON values from the nearest to the farthest. */
  readonly values: readonly ConfigValue[];
  /** Sub-keys by name as spelled. */
  readonly children: ReadonlyMap<string, ConfigNode>;
  #members: ReadonlyMap<string, ConfigNode> | undefined;

  constructor(
    values: readonly ConfigValue[],
    children: ReadonlyMap<string, ConfigNode> = NO_CHILDREN,
  ) {
    this.values = values;
    this.children = children;
    this.#members = values.length === 0 ? children : undefined;
  }

  /**
   * Reads the node as a map or struct: sub-keys and the members of JSON values, joined. Where both
   * name the same member, a sub-key goes before JSON, member by member. Only this one level is
   * unfolded, so deep JSON costs nothing.
   *
   * @returns members by name as spelled; the same map each time
   * @throws {NotAnObjectError} if a value is not a JSON object
   */
  members(): ReadonlyMap<string, ConfigNode> {
    this.#members ??= joinMembers(this);
    return this.#members;
  }
}

/** A value that stands where the tree wants sub-keys or a JSON object. Its message holds no value. */
export class NotAnObjectError extends Error {
  override readonly name = "NotAnObjectError";
}

/** The tree without any entry. */
export const EMPTY_NODE: ConfigNode = new ConfigNode([]);

function joinMembers(node: ConfigNode): ReadonlyMap<string, ConfigNode> {
  const members = new Map(node.children);
  for (const value of node.values) {
    for (const [name, member] of Object.entries(toObject(value))) {
      if (member === null || member === undefined) continue;
      const known = members.get(name);
      members.set(
        name,
        known === undefined
          ? new ConfigNode([member as ConfigValue])
          : new ConfigNode([...known.values, member as ConfigValue], known.children),
      );
    }
  }
  return members;
}

function toObject(value: ConfigValue): object {
  if (value instanceof Uint8Array) return parseObject(decodeText(value));
  if (typeof value === "string") return parseObject(value);
  if (typeof value === "object" && !Array.isArray(value)) return value;
  throw new NotAnObjectError("neither sub-keys nor a JSON object");
}

function parseObject(text: string | undefined): object {
  if (text === undefined) throw new NotAnObjectError("neither sub-keys nor JSON: not UTF-8");
  if (text.length > JSON_SIZE_BYTES_MAX) {
    throw new NotAnObjectError(`JSON of more than ${JSON_SIZE_BYTES_MAX} characters`);
  }
  const parsed = parseJson(text);
  if (parsed === undefined) {
    throw new NotAnObjectError("neither sub-keys nor a JSON object: not valid JSON");
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new NotAnObjectError("neither sub-keys nor a JSON object");
  }
  return parsed;
}

/** @returns undefined where the text is not JSON: the engine's message would quote it, secrets and all */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @returns undefined where the bytes are not UTF-8 */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
