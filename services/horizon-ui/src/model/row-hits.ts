import { latestVersions, type RowColumn, type RowEntity, type RowGroup } from "./rows.ts";

/** Something that a search has found. */
export interface RowHit {
  readonly kind: "entity" | "feature-group" | "feature";
  readonly name: string;
  readonly entity: string;
  /** undefined: it is the entity's own. */
  readonly group: string | undefined;
  /** Where it is, or why it was found. */
  readonly place: string;
}

interface Found {
  readonly entities: readonly RowEntity[];
  /** Versions that match. */
  readonly featureGroups: readonly RowGroup[];
}

/** One line for each entity and feature group that matches, and one for each column that does; names come first. */
export function rowHits({ entities, featureGroups }: Found, text: string): RowHit[] {
  const wanted = text.toLowerCase();
  const isMatch = ({ name }: { readonly name: string }): boolean =>
    name.toLowerCase().includes(wanted);
  const hits = [
    ...entities.flatMap((entity) => hitsOfEntity(entity, isMatch)),
    ...latestVersions(featureGroups).flatMap((group) => hitsOfGroup(group, isMatch)),
  ];
  return hits.toSorted((a, b) => Number(isMatch(b)) - Number(isMatch(a)));
}

type Matcher = (named: { readonly name: string }) => boolean;

function hitsOfEntity(entity: RowEntity, isMatch: Matcher): RowHit[] {
  const own = { entity: entity.name, group: undefined };
  const why = reasonOf(entity, isMatch);
  const columns = columnsOf(entity.columns, isMatch).map(
    (name): RowHit => ({ ...own, kind: "feature", name, place: `${entity.name}/${name}` }),
  );
  if (why === undefined) return columns;
  return [{ ...own, kind: "entity", name: entity.name, place: why }, ...columns];
}

function hitsOfGroup(group: RowGroup, isMatch: Matcher): RowHit[] {
  const own = { entity: group.entityName, group: group.name };
  const path = `${group.entityName}/${group.name}`;
  const why = reasonOf(group, isMatch);
  const columns = columnsOf(group.columns, isMatch).map(
    (name): RowHit => ({ ...own, kind: "feature", name, place: `${path}/${name}` }),
  );
  if (why === undefined) return columns;
  const place = why === "" ? path : `${path}, ${why}`;
  return [{ ...own, kind: "feature-group", name: group.name, place }, ...columns];
}

/** @returns what else than the name has matched; empty for the name, undefined for its columns alone */
function reasonOf(
  { name, owner, tags, columns }: RowEntity | RowGroup,
  isMatch: Matcher,
): string | undefined {
  if (isMatch({ name })) return "";
  if (isMatch({ name: owner })) return `owner ${owner}`;
  const tag = tags.find((each) => isMatch({ name: each }));
  if (tag !== undefined) return `tag ${tag}`;
  return columns.some(isMatch) ? undefined : "";
}

function columnsOf(columns: readonly RowColumn[], isMatch: Matcher): string[] {
  return columns.filter(isMatch).map(({ name }) => name);
}
