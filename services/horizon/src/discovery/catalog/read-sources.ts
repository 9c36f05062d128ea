import {
  attempt,
  type ConfigNode,
  type Entry,
  NodeFault,
  openSection,
  quote,
  readEntries,
} from "@ofs/registry";
import type { CatalogSource } from "./model.ts";
import { FaultList } from "./node-fields.ts";

/** Between the parts of a source's name and of its value. */
const SEPARATOR = "|";

/**
 * Reads `source/<entity>|<group>|<feature>` = `provider|base path|column|default`.
 *
 * @param known sources of earlier trees by the node that they are below; this tree's are added
 * @returns sorted by name
 */
export function readSources(
  root: ConfigNode,
  known: WeakMap<ConfigNode, ReadonlyMap<string, CatalogSource>>,
): ReadonlyMap<string, CatalogSource> {
  const section = attempt(() => openSection(root, ["source"], []));
  if (section instanceof NodeFault || section === undefined) return new Map();
  const before = known.get(section.node);
  if (before !== undefined) return before;
  const sources = new Map<string, CatalogSource>();
  for (const entry of readEntries(section.node, section.path)) {
    sources.set(entry.name, readSource(entry));
  }
  known.set(section.node, sources);
  return sources;
}

/** Name of a feature's source, below `source/`. */
export function sourceName(entity: string, group: string, feature: string): string {
  return [entity, group, feature].join(SEPARATOR);
}

/** Value of a source. */
export function formatSource(
  source: Pick<CatalogSource, "provider" | "basePath" | "column" | "defaultText">,
): string {
  return [source.provider, source.basePath, source.column, source.defaultText].join(SEPARATOR);
}

/** Whether the source says where values come from: edits of features without one have left `|||default`. */
export function isMapped(source: CatalogSource | undefined): source is CatalogSource {
  return source !== undefined && source.provider !== "" && source.faults.length === 0;
}

function readSource(entry: Entry): CatalogSource {
  const faults = new FaultList();
  const names = entry.name.split(SEPARATOR);
  if (names.length !== 3 || names.includes("")) {
    const reason = `${quote(entry.name)} is not entity|group|feature`;
    faults.add({ path: entry.path, reason });
  }
  if (entry.node.children.size > 0) {
    const [child = ""] = entry.node.children.keys();
    faults.add({ path: `${entry.path}/${child}`, reason: "a name of a source holds no slash" });
  }
  const parts = (textOf(entry.node) ?? "").split(SEPARATOR);
  if (parts.length < 4 && entry.node.children.size === 0) {
    faults.add({ path: entry.path, reason: "the value is not provider|base path|column|default" });
  }
  const [entityLabel = "", groupLabel = "", ...rest] = names;
  const [provider = "", basePath = "", column = "", ...defaults] = parts;
  return {
    name: entry.name,
    entityLabel,
    groupLabel,
    featureLabel: rest.join(SEPARATOR),
    provider,
    basePath,
    column,
    defaultText: defaults.join(SEPARATOR),
    faults: faults.toArray(),
  };
}

function textOf(node: ConfigNode): string | undefined {
  const [value] = node.values;
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  return typeof value === "string" ? value : undefined;
}
