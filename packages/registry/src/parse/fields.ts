import {
  type ConfigNode,
  type ConfigValue,
  decodeText,
  NotAnObjectError,
  parseJson,
} from "../tree/config-node.ts";
import { addNote, NodeFault, type Notes } from "./faults.ts";

/** How much of a faulty value a reason quotes. */
const QUOTED_LENGTH_MAX = 64;

/** Field and entry names are compared without `-` and in lower case. */
export function foldName(name: string): string {
  return (name.includes("-") ? name.replaceAll("-", "") : name).toLowerCase();
}

/** Whether the values of a struct may appear in the reason of a fault. */
export type Secrecy = "open" | "secret";

/**
 * The members of one struct of the tree. Names are given dashed, as in the published tree; paths in
 * faults are as spelled there. Readers return undefined for an absent field and throw
 * {@link NodeFault} for a bad one.
 */
export class Fields {
  readonly path: string;
  readonly #secrecy: Secrecy;
  readonly #byName: ReadonlyMap<string, Entry>;

  private constructor(path: string, byName: ReadonlyMap<string, Entry>, secrecy: Secrecy) {
    this.path = path;
    this.#byName = byName;
    this.#secrecy = secrecy;
  }

  /**
   * @param notes takes fields that are named twice: the first spelling in sort order counts
   * @throws {NodeFault} if the node is not a struct
   */
  static read(node: ConfigNode, path: string, notes: Notes, secrecy: Secrecy = "open"): Fields {
    const byName = new Map<string, Entry>();
    for (const entry of readEntries(node, path)) {
      if (entry.collidesWith === undefined) byName.set(foldName(entry.name), entry);
      else addNote(notes, entry.path, `ignored: names the same field as ${entry.collidesWith}`);
    }
    return new Fields(path, byName, secrecy);
  }

  node(name: string): ConfigNode | undefined {
    return this.#byName.get(foldName(name))?.node;
  }

  pathOf(name: string): string {
    return this.#byName.get(foldName(name))?.path ?? joinPath(this.path, name);
  }

  /** Text as stored; may be empty where a JSON value says so. */
  text(name: string): string | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    const text = toText(value);
    if (text === undefined) throw this.fault(name, "is not text");
    return text;
  }

  requiredText(name: string): string {
    const text = this.text(name);
    if (text === undefined || text === "") throw this.fault(name, "is missing");
    return text;
  }

  integer(name: string, min: number, max: number): number | undefined {
    const text = this.text(name);
    if (text === undefined || text === "") return undefined;
    const number = parseInteger(text);
    if (number === undefined || number < min || number > max) {
      throw this.fault(name, `${this.quote(text)} is not an integer from ${min} to ${max}`);
    }
    return number;
  }

  requiredInteger(name: string, min: number, max: number): number {
    const number = this.integer(name, min, max);
    if (number === undefined) throw this.fault(name, "is missing");
    return number;
  }

  boolean(name: string): boolean | undefined {
    const text = this.text(name);
    if (text === undefined || text === "") return undefined;
    if (text === "true" || text === "1") return true;
    if (text === "false" || text === "0") return false;
    throw this.fault(name, `${this.quote(text)} is not one of true, false, 1, 0`);
  }

  /** A comma list, or a JSON list of texts. */
  list(name: string): readonly string[] | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    const items = toList(value);
    if (items === undefined) throw this.fault(name, "is not a list of texts");
    return items;
  }

  fault(name: string, reason: string): NodeFault {
    return new NodeFault(this.pathOf(name), reason);
  }

  quote(text: string): string {
    if (this.#secrecy === "secret") return "the value";
    return quote(text);
  }

  #value(name: string): ConfigValue | undefined {
    return this.node(name)?.values[0];
  }
}

/** One named entry of a map of the tree. */
export interface Entry {
  /** As spelled. */
  readonly name: string;
  readonly path: string;
  readonly node: ConfigNode;
  /** The entry, earlier in sort order, whose name is equal after folding. */
  readonly collidesWith: string | undefined;
}

/**
 * Reads a node as a map.
 *
 * @returns entries sorted by name as text
 * @throws {NodeFault} if the node is neither sub-keys nor a JSON object
 */
export function readEntries(node: ConfigNode | undefined, path: string): readonly Entry[] {
  if (node === undefined) return [];
  const members = readMembers(node, path);
  const seen = new Map<string, string>();
  return [...members.keys()].sort().map((name) => {
    const folded = foldName(name);
    const collidesWith = seen.get(folded);
    if (collidesWith === undefined) seen.set(folded, name);
    const member = members.get(name) as ConfigNode;
    return { name, path: joinPath(path, name), node: member, collidesWith };
  });
}

/** Members by name as spelled. @throws {NodeFault} if the node is not a map */
export function readMembers(node: ConfigNode, path: string): ReadonlyMap<string, ConfigNode> {
  try {
    return node.members();
  } catch (error) {
    if (error instanceof NotAnObjectError) {
      throw NodeFault.because(path, `is ${error.message}`, error);
    }
    throw error;
  }
}

export function joinPath(path: string, name: string): string {
  return path === "" ? name : `${path}/${name}`;
}

/** Shows a value in a reason: bounded, with its control characters escaped. */
export function quote(text: string): string {
  if (text.length <= QUOTED_LENGTH_MAX) return JSON.stringify(text);
  return `${JSON.stringify(text.slice(0, QUOTED_LENGTH_MAX))} and ${text.length - QUOTED_LENGTH_MAX} more characters`;
}

/** @returns undefined for anything but decimal digits, with a minus in front or not */
export function parseInteger(text: string): number | undefined {
  if (!/^-?\d{1,16}$/.test(text)) return undefined;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : undefined;
}

function toText(value: ConfigValue): string | undefined {
  if (value instanceof Uint8Array) return decodeText(value);
  return typeof value === "object" ? undefined : String(value);
}

function toList(value: ConfigValue): readonly string[] | undefined {
  if (Array.isArray(value)) return isTexts(value) ? value : undefined;
  const text = toText(value);
  if (text === undefined) return undefined;
  if (text === "") return [];
  if (!text.startsWith("[")) return text.split(",");
  const parsed = parseJson(text);
  return Array.isArray(parsed) && isTexts(parsed) ? parsed : undefined;
}

function isTexts(items: readonly unknown[]): items is readonly string[] {
  return items.every((item) => typeof item === "string");
}
