import type { Catalog, CatalogGroup } from "../catalog/model.ts";
import { activeVersionOf, compareText } from "../catalog/read-group.ts";
import { isMapped } from "../catalog/read-sources.ts";

export const SEARCH_KINDS = [
  "entity",
  "feature-group",
  "feature",
  "source",
  "store",
  "job",
  "client",
] as const;
export type SearchKind = (typeof SEARCH_KINDS)[number];

export interface SearchHit {
  readonly kind: SearchKind;
  /** Label or id of what was found; for a source `path.column`. */
  readonly label: string;
  /** Where it is; empty where it is in none. */
  readonly "entity-label": string;
  readonly "feature-group-label": string;
  /** For a source: the feature it feeds. */
  readonly "feature-label": string;
  /** Larger is better; only for comparing hits of one answer. */
  readonly score: number;
}

export interface SearchQuery {
  /** Words; all of them must be found. */
  readonly text: string;
  /** undefined = all. */
  readonly kinds: readonly SearchKind[] | undefined;
  readonly limit: number;
}

export interface SearchResult {
  readonly hits: SearchHit[];
  /** How many there are in all. */
  readonly total: number;
}

/** Words that a query is made of; further ones are left out. */
const WORD_COUNT_MAX = 8;

const EXACT = 100;
const PREFIX = 60;
const WORD_START = 40;
const INSIDE = 20;
/** Found where the thing lies, not in its own name. */
const CONTEXT = 5;

interface Candidate extends Omit<SearchHit, "score"> {
  /** More texts that it may be found by. */
  readonly context: readonly string[];
}

/** Finds things by parts of their names: the best match first, then by kind and name. */
export function search(catalog: Catalog, { text, kinds, limit }: SearchQuery): SearchResult {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean).slice(0, WORD_COUNT_MAX);
  if (words.length === 0) return { hits: [], total: 0 };
  const hits: SearchHit[] = [];
  for (const candidate of candidates(catalog)) {
    if (kinds !== undefined && !kinds.includes(candidate.kind)) continue;
    const score = scoreOf(candidate, words);
    if (score === 0) continue;
    const { context: _, ...found } = candidate;
    hits.push({ ...found, score });
  }
  hits.sort(compareHits);
  return { hits: hits.slice(0, limit), total: hits.length };
}

/** @returns 0 if a word is not found */
function scoreOf({ label, context }: Candidate, words: readonly string[]): number {
  const name = label.toLowerCase();
  let score = 0;
  for (const word of words) {
    const here = scoreInName(name, word);
    const isNear = here > 0 || context.some((text) => text.toLowerCase().includes(word));
    if (!isNear) return 0;
    score += here > 0 ? here : CONTEXT;
  }
  return score;
}

function scoreInName(name: string, word: string): number {
  if (name === word) return EXACT;
  const at = name.indexOf(word);
  if (at === -1) return 0;
  if (at === 0) return PREFIX;
  return /[^a-z0-9]/.test(name[at - 1] ?? "") ? WORD_START : INSIDE;
}

function compareHits(a: SearchHit, b: SearchHit): number {
  return (
    b.score - a.score ||
    SEARCH_KINDS.indexOf(a.kind) - SEARCH_KINDS.indexOf(b.kind) ||
    a.label.length - b.label.length ||
    compareText(pathOf(a), pathOf(b))
  );
}

function pathOf(hit: SearchHit): string {
  const { label, "entity-label": entity, "feature-group-label": group } = hit;
  return [entity, group, hit["feature-label"], label].join("/");
}

function* candidates(catalog: Catalog): Generator<Candidate> {
  for (const entity of catalog.entities.values()) {
    const context = entity.keys.map((key) => key.label);
    yield candidate("entity", entity.label, {}, context);
    for (const group of entity.groups.values()) yield* groupCandidates(group);
  }
  for (const source of catalog.sources.values()) {
    if (!isMapped(source)) continue;
    const { entityLabel: entity, groupLabel: group, featureLabel: feature } = source;
    const label = `${source.basePath}.${source.column}`;
    yield candidate("source", label, { entity, group, feature }, [source.provider]);
  }
  for (const { id, table, dbType } of catalog.stores.values()) {
    yield candidate("store", id, {}, [table, dbType]);
  }
  for (const id of catalog.writers.keys()) yield candidate("job", id, {}, []);
  for (const id of catalog.readers.keys()) yield candidate("client", id, {}, []);
}

function* groupCandidates(group: CatalogGroup): Generator<Candidate> {
  const { entityLabel: entity, label, dataTypeName, jobId } = group;
  yield candidate("feature-group", label, { entity }, [entity, dataTypeName, jobId]);
  for (const feature of activeVersionOf(group)?.features ?? []) {
    yield candidate("feature", feature.label, { entity, group: label }, [entity, label]);
  }
}

function candidate(
  kind: SearchKind,
  label: string,
  where: { readonly entity?: string; readonly group?: string; readonly feature?: string },
  context: readonly string[],
): Candidate {
  return {
    kind,
    label,
    "entity-label": where.entity ?? "",
    "feature-group-label": where.group ?? "",
    "feature-label": where.feature ?? "",
    context,
  };
}
