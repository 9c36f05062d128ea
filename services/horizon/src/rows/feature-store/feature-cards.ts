import { type Column, type EntityDefinition, type GroupMetadata, parseVersion } from "@ofs/rows";
import { type CodeSnippet, codeSnippets } from "./code-snippets.ts";

/** Names of types that pages know from older days; others are their own. */
const PAGE_TYPES: Readonly<Partial<Record<Column["type"], string>>> = {
  VARCHAR: "string",
  BIGINT: "long",
  INT: "int",
  TIMESTAMP: "date",
};

export const STORE_KINDS = ["online", "offline"] as const;

/** From where values are read. */
export type StoreKind = (typeof STORE_KINDS)[number];

/** A feature group as pages show it. Versions are numbers, times Unix milliseconds. */
export interface GroupCard {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly version: number;
  /** Ascending. */
  readonly allVersions: readonly number[];
  readonly lastValueUpdated: number;
  readonly createdBy: string;
  readonly tags: readonly string[];
  readonly type: StoreKind;
  readonly typesAvailable: readonly StoreKind[];
  readonly copyCode: readonly CodeSnippet[];
  readonly sinks: readonly { readonly location: string; readonly type: string }[];
}

/** A column as pages show it. */
export interface ColumnCard {
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly type: string;
  readonly isPrimaryKey: boolean;
  readonly copyCode: readonly CodeSnippet[];
}

/** What is behind a card. */
export interface CardSource {
  readonly group: GroupMetadata;
  readonly entity: EntityDefinition;
  /** As they are registered, in any order. */
  readonly versions: readonly string[];
}

export function groupCard({ group, entity, versions }: CardSource, type: StoreKind): GroupCard {
  return {
    id: group.name,
    title: group.name,
    description: group.description,
    version: numberOf(group.version),
    allVersions: versions.map(numberOf).sort((one, other) => one - other),
    lastValueUpdated: group.updatedAt,
    createdBy: group.owner,
    tags: group.tags,
    type,
    typesAvailable: kindsOf(group),
    copyCode: codeSnippets(group, entity, namesOf(group)),
    sinks: [{ location: "", type: "" }],
  };
}

/** The entity's columns, then the feature group's. */
export function columnCards(group: GroupMetadata, entity: EntityDefinition): ColumnCard[] {
  return [...entity.features, ...group.featureGroup.features].map((column) => ({
    title: column.name,
    description: column.description,
    tags: column.tags,
    type: pageType(column),
    isPrimaryKey: entity.primaryKeys.includes(column.name),
    copyCode: codeSnippets(group, entity, [column.name]),
  }));
}

/** The keys that rows of a feature group are found by. */
export function entityCard({ tableName, features, primaryKeys }: EntityDefinition, text: string) {
  const keys = primaryKeys.flatMap((key) => features.find(({ name }) => name === key) ?? []);
  return {
    entityName: tableName,
    type: keys.map(pageType),
    joinKeys: primaryKeys,
    description: text,
  };
}

/** What is written online is written offline too. */
export function kindsOf({ featureGroupType }: GroupMetadata): readonly StoreKind[] {
  return featureGroupType === "ONLINE" ? STORE_KINDS : ["offline"];
}

/** @returns 0 for a version that is no `v<number>`, in a metastore of others */
export function numberOf(version: string): number {
  return parseVersion(version) ?? 0;
}

function namesOf({ featureGroup }: GroupMetadata): string[] {
  return featureGroup.features.map(({ name }) => name);
}

function pageType({ type }: Column): string {
  return PAGE_TYPES[type] ?? type;
}
