import type {
  BreakerConfig,
  Entity,
  Reader,
  RegistryFault,
  Revision,
  Snapshot,
  StoreDefinition,
} from "../model.ts";
import { runSteps, type Steps } from "../steps.ts";
import type { ConfigNode } from "../tree/config-node.ts";
import { createTree } from "../tree/tree.ts";
import { parseBreaker } from "./breaker.ts";
import { type EntityContext, type ParsedEntity, parseEntity, withStores } from "./entity.ts";
import { attempt, NodeFault, type Notes } from "./faults.ts";
import { Fields, readEntries } from "./fields.ts";
import { parseReader } from "./reader.ts";
import {
  type EntryParser,
  openSection,
  type ParsedEntry,
  parseSection,
  type Section,
  valuesOf,
} from "./section.ts";
import { parseStore } from "./store-definition.ts";

export interface SnapshotParserOptions {
  /**
   * Whether a store, an entity or a group whose node turns faulty serves on in its last good form. A
   * node that was never good, a removed one, and readers (always) are not served.
   */
  readonly keepsLastGood: boolean;
}

type ParsedSection<T> = ReadonlyMap<string, ParsedEntry<T>>;

/**
 * Parses one tree after the other. What did not change between two trees is not parsed again and
 * keeps its identity in the next snapshot: entities, groups, schemas, stores, readers, breakers.
 */
export class SnapshotParser {
  readonly #keepsLastGood: boolean;
  #stores: ParsedSection<StoreDefinition> = new Map();
  #readers: ParsedSection<Reader> = new Map();
  #breakers: ParsedSection<BreakerConfig> = new Map();
  #entities: ReadonlyMap<string, ParsedEntity> = new Map();

  constructor(options: SnapshotParserOptions) {
    this.#keepsLastGood = options.keepsLastGood;
  }

  /** Never throws for what the tree holds: faults are part of the snapshot. */
  parse(root: ConfigNode, revision: Revision): Snapshot {
    return runSteps(this.parseSteps(root, revision));
  }

  /** Likewise, in steps. Each parse must be carried out to its end before the next one begins. */
  *parseSteps(root: ConfigNode, revision: Revision): Steps<Snapshot> {
    const notes: Notes = [];
    this.#stores = this.#section(root, ["storage", "stores"], this.#stores, notes, {
      parse: parseStore,
      disables: "store",
      keepsLastGood: this.#keepsLastGood,
    });
    this.#readers = this.#section(root, ["security", "reader"], this.#readers, notes, {
      parse: parseReader,
      disables: "reader",
      keepsLastGood: false,
    });
    this.#breakers = this.#section(root, ["circuitbreaker"], this.#breakers, notes, {
      parse: parseBreaker,
      disables: "nothing",
      keepsLastGood: false,
    });
    const context = { stores: this.#stores, keepsLastGood: this.#keepsLastGood };
    const entities = openSection(root, ["entities"], notes);
    this.#entities = yield* parseEntities(entities, this.#entities, context);
    const peerCachePercentage = parsePeerCachePercentage(root, notes);
    return this.#toSnapshot(revision, peerCachePercentage, notes);
  }

  #section<T>(
    root: ConfigNode,
    names: readonly string[],
    previous: ParsedSection<T>,
    notes: Notes,
    parser: EntryParser<T>,
  ): ParsedSection<T> {
    return parseSection(openSection(root, names, notes), previous, parser);
  }

  #toSnapshot(revision: Revision, peerCachePercentage: number, notes: Notes): Snapshot {
    const entities = new Map<string, Entity>();
    const disabledEntities = new Map<string, string>();
    for (const [label, { entity, reason }] of this.#entities) {
      if (entity !== undefined) entities.set(label, entity);
      else disabledEntities.set(label, reason ?? "");
    }
    return {
      revision,
      entities,
      disabledEntities,
      stores: valuesOf(this.#stores),
      readers: valuesOf(this.#readers),
      breakers: valuesOf(this.#breakers),
      peerCachePercentage,
      faults: firstOfEachPath([
        notes,
        ...faultsOf(this.#stores),
        ...faultsOf(this.#readers),
        ...faultsOf(this.#breakers),
        ...faultsOf(this.#entities),
      ]),
    };
  }
}

/**
 * Parses a whole tree by itself. Pure: the same entries give an equal snapshot.
 *
 * @param entries by path, relative to the root; the value of the root itself is at `""`
 */
export function parseSnapshot(
  entries: ReadonlyMap<string, Uint8Array>,
  revision: Revision,
): Snapshot {
  return new SnapshotParser({ keepsLastGood: false }).parse(createTree(entries), revision);
}

function* parseEntities(
  section: Section | undefined,
  previous: ReadonlyMap<string, ParsedEntity>,
  context: EntityContext,
): Steps<ReadonlyMap<string, ParsedEntity>> {
  const parsed = new Map<string, ParsedEntity>();
  if (section === undefined) return parsed;
  for (const entry of readEntries(section.node, section.path)) {
    parsed.set(entry.name, yield* parseEntity(entry, previous.get(entry.name), context));
  }
  if (section.isDamaged && context.keepsLastGood) {
    for (const [label, before] of previous) {
      if (!parsed.has(label)) parsed.set(label, withStores(before, context));
    }
  }
  return parsed;
}

function parsePeerCachePercentage(root: ConfigNode, notes: Notes): number {
  const section = openSection(root, [], []);
  if (section === undefined) return 0;
  const percentage = attempt(() =>
    Fields.read(section.node, "", []).integer("p2p-enabled-percentage", 0, 100),
  );
  if (!(percentage instanceof NodeFault)) return percentage ?? 0;
  notes.push(percentage.toRegistryFault("nothing"));
  return 0;
}

function* faultsOf(
  parsed: ReadonlyMap<string, { readonly faults: readonly RegistryFault[] }>,
): Generator<readonly RegistryFault[]> {
  for (const { faults } of parsed.values()) if (faults.length > 0) yield faults;
}

/** Keeps the first fault of each path, but one that disables something goes before one that does not. */
function firstOfEachPath(lists: readonly (readonly RegistryFault[])[]): readonly RegistryFault[] {
  const byPath = new Map<string, RegistryFault>();
  for (const faults of lists) {
    for (const fault of faults) {
      const known = byPath.get(fault.path);
      const isWorse = known?.disables === "nothing" && fault.disables !== "nothing";
      if (known === undefined || isWorse) byPath.set(fault.path, fault);
    }
  }
  return [...byPath.values()];
}
