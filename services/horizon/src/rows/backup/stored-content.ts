import type { RowEntry } from "@ofs/registry";
import {
  type ConsumerMetadata,
  DefinitionFault,
  type EntityMetadata,
  type GroupMetadata,
  type GroupVersion,
  type JsonValue,
  parseConsumerMetadata,
  parseEntityMetadata,
  parseGroupMetadata,
  parseGroupVersion,
  parseJson,
} from "@ofs/rows";
import type { BackupContent } from "./backup-files.ts";

/** @param entries as the registry has them @returns what can be read of them, members in one order whoever wrote them */
export function contentOf(entries: readonly RowEntry[]): BackupContent {
  const entities: EntityMetadata[] = [];
  const groups: GroupMetadata[] = [];
  const versions: GroupVersion[] = [];
  const consumers: ConsumerMetadata[] = [];
  const readers: Readonly<Record<string, (json: JsonValue) => void>> = {
    entities: (json) => entities.push(parseEntityMetadata(json)),
    "feature-groups": (json) => groups.push(parseGroupMetadata(json)),
    versions: (json) => versions.push(parseGroupVersion(json)),
    consumers: (json) => consumers.push(parseConsumerMetadata(json)),
  };
  for (const { path, value } of entries) {
    try {
      readers[path.slice(0, path.indexOf("/"))]?.(parseJson(value));
    } catch (error) {
      // What cannot be read counts as not there, and so is written anew.
      if (!(error instanceof DefinitionFault)) throw error;
    }
  }
  return { entities, groups, versions, consumers };
}
