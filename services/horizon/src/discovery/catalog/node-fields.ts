import {
  attempt,
  type ConfigNode,
  type Entry,
  Fields,
  NodeFault,
  type Notes,
  readEntries,
} from "@ofs/registry";
import type { CatalogFault } from "./model.ts";

/** Faults that are kept of one node; the rest adds nothing. */
const NODE_FAULT_COUNT_MAX = 20;

const INTEGER_MAX = Number.MAX_SAFE_INTEGER;

/** Collects what is wrong with a node, each path once. */
export class FaultList {
  readonly #byPath = new Map<string, CatalogFault>();

  add(fault: CatalogFault): void {
    if (this.#byPath.size >= NODE_FAULT_COUNT_MAX || this.#byPath.has(fault.path)) return;
    this.#byPath.set(fault.path, { path: fault.path, reason: fault.reason });
  }

  addAll(faults: readonly CatalogFault[]): void {
    for (const fault of faults) this.add(fault);
  }

  toArray(): readonly CatalogFault[] {
    return [...this.#byPath.values()];
  }

  /** Runs one part of reading. @returns `otherwise` if the part is faulty, which is noted */
  orElse<T>(otherwise: T, read: () => T): T {
    const value = attempt(read);
    if (!(value instanceof NodeFault)) return value;
    this.add({ path: value.path, reason: value.message });
    return otherwise;
  }
}

/** Reads the fields of one node, whatever is wrong with them: a bad field counts as absent, and is noted. */
export class NodeFields {
  readonly path: string;
  readonly #fields: Fields | undefined;
  readonly #faults: FaultList;

  constructor(node: ConfigNode, path: string, faults: FaultList) {
    const notes: Notes = [];
    this.path = path;
    this.#faults = faults;
    this.#fields = faults.orElse(undefined, () => Fields.read(node, path, notes));
    faults.addAll(notes);
  }

  text(name: string): string {
    return this.#faults.orElse("", () => this.#fields?.text(name) ?? "");
  }

  integer(name: string): number {
    return this.#faults.orElse(
      0,
      () => this.#fields?.integer(name, -INTEGER_MAX, INTEGER_MAX) ?? 0,
    );
  }

  boolean(name: string): boolean {
    return this.#faults.orElse(false, () => this.#fields?.boolean(name) ?? false);
  }

  list(name: string): readonly string[] {
    return this.#faults.orElse([], () => this.#fields?.list(name) ?? []);
  }

  node(name: string): ConfigNode | undefined {
    return this.#fields?.node(name);
  }

  pathOf(name: string): string {
    return this.#fields?.pathOf(name) ?? `${this.path}/${name}`;
  }

  /** Entries of a map below this node; none if it cannot be read. */
  entries(name: string): readonly Entry[] {
    return this.#faults.orElse([], () => readEntries(this.node(name), this.pathOf(name)));
  }
}
