import {
  type EntityMetadata,
  formatVersion,
  type GroupMetadata,
  JsonNumber,
  type JsonObject,
  RowError,
  writeJson,
} from "@ofs/rows";
import { invalid, type RowCall } from "../http/row-call.ts";
import type { RowRoute } from "../http/row-scope.ts";
import type { Run } from "../metastore/run-repository.ts";
import type { RowAdmin } from "../row-admin.ts";
import {
  queryKind,
  queryRange,
  type Range,
  readCriteria,
  readPage,
  searchText,
} from "./card-requests.ts";
import { codeSnippets } from "./code-snippets.ts";
import {
  type CardSource,
  columnCards,
  entityCard,
  groupCard,
  kindsOf,
  numberOf,
} from "./feature-cards.ts";
import { sampleStatistics } from "./sample-statistics.ts";

const PREFIX = "/FeatureStore";
const VERSION_MAX = 999_999_999;
/** Columns that code is asked for. */
const TITLES_MAX = 1_000;

/** The endpoints that Darwin's web pages are made of. Answers carry their status in the body; HTTP says 200 of all of them. */
export function featureStoreRoutes(admin: RowAdmin): RowRoute[] {
  return [...listRoutes(admin), ...groupRoutes(admin), ...codeRoutes(admin)];
}

/** @returns the answer of a failure */
export function featureStoreFailure({ status, message, cause, code }: RowError): string {
  return JSON.stringify({ status: "ERROR", statusCode: status, data: { message, cause, code } });
}

function answer(data: string, paging = ""): string {
  return `{"status":"SUCCESS","statusCode":200,"data":${data}${paging}}`;
}

function pageAnswer(items: readonly object[], { limit, offset }: Range, total: number): string {
  const paging = `,"resultSize":${items.length},"pageSize":${limit},"offset":${offset},"totalRecordsCount":${total}`;
  return answer(JSON.stringify(items), paging);
}

type Handle = RowRoute["handle"];

/** Reads, though some are POST. */
function route(method: "GET" | "POST", path: string, handle: Handle): RowRoute {
  const common = { isBare: true, permission: "read" } as const;
  return { methods: [method], paths: [PREFIX + path], handle, ...common };
}

function listRoutes(admin: RowAdmin): RowRoute[] {
  const { cards, search } = admin.metastore;
  return [
    route("POST", "/get-feature-groups", async (call) => {
      const { kind, ...page } = readPage(call);
      const criteria = { ...readCriteria(call), isOnlineOnly: kind === "online" };
      const [groups, total] = await Promise.all([
        cards.page(criteria, page),
        cards.count(criteria),
      ]);
      const sources = await sourcesOf(admin, groups);
      return pageAnswer(
        sources.map((source) => groupCard(source, kind)),
        page,
        total,
      );
    }),
    route("POST", "/feature-groups/count", async (call) => {
      const criteria = readCriteria(call);
      const onlineCount = await cards.count({ ...criteria, isOnlineOnly: true });
      return answer(JSON.stringify({ onlineCount, offlineCount: await cards.count(criteria) }));
    }),
    route("GET", "/group-filters", async () => {
      const [tags, owners] = await Promise.all([search.groupTags(), search.groupOwners()]);
      const filters = [
        { name: "tags", value: tags.toSorted() },
        { name: "owners", value: owners.toSorted() },
      ];
      return answer(JSON.stringify(filters));
    }),
  ];
}

function groupRoutes(admin: RowAdmin): RowRoute[] {
  return [
    route("GET", "/get-feature-group", async (call) => {
      const kind = queryKind(call);
      const group = await findGroup(admin, call.requiredQuery("id"), queryVersion(call));
      if (!kindsOf(group).includes(kind)) throw RowError.of("FEATURE-GROUP-NOT-FOUND-EXCEPTION");
      const [source] = await sourcesOf(admin, [group]);
      if (source === undefined) throw RowError.of("ENTITY-NOT-FOUND-EXCEPTION");
      const runs = await admin.metastore.runs.latest(group.name, group.version);
      const lastFiveRuns = runs.map(({ runId, status, timestamp }) => ({
        runId,
        status,
        executionTime: timestamp * 1_000,
      }));
      return answer(JSON.stringify({ ...groupCard(source, kind), lastFiveRuns }));
    }),
    route("GET", "/get-feature-of-feature-group", async (call) => {
      const range = queryRange(call);
      const text = searchText(call.query("search_string")).toLowerCase();
      const name = call.requiredQuery("feature_group_id");
      const group = await findGroup(admin, name, queryVersion(call));
      const { entity } = await findEntity(admin, group);
      const sign = range.direction === "asc" ? 1 : -1;
      const found = columnCards(group, entity)
        .filter(({ title, description, tags }) =>
          [title, description, ...tags].some((each) => each.toLowerCase().includes(text)),
        )
        .sort((one, other) => (one.title < other.title ? -sign : sign));
      const items = found.slice(range.offset, range.offset + range.limit);
      return pageAnswer(items, range, found.length);
    }),
    route("GET", "/feature-groups/:name/entities", async (call) => {
      const group = await findGroup(admin, call.param("name"), queryVersion(call));
      const { entity, description } = await findEntity(admin, group);
      return answer(JSON.stringify([entityCard(entity, description)]));
    }),
    route("GET", "/feature-group-runs", async (call) => {
      const { name, version } = await findGroup(
        admin,
        call.requiredQuery("fg_name"),
        queryVersion(call),
      );
      return answer(writeJson((await admin.metastore.runs.latest(name, version)).map(runCard)));
    }),
  ];
}

function codeRoutes(admin: RowAdmin): RowRoute[] {
  return [
    route("POST", "/copy-code/features", async (call) => {
      const { name, titles } = call.read((members) => ({
        name: members.text("feature_group_name"),
        titles: members.texts("feature_titles"),
      }));
      if (titles.length > TITLES_MAX) {
        throw invalid("feature_titles", `has ${titles.length} items, ${TITLES_MAX} at most`);
      }
      const group = await findGroup(admin, name, undefined);
      const { entity } = await findEntity(admin, group);
      const known = new Set(columnCards(group, entity).map(({ title }) => title));
      const unknown = titles.find((title) => !known.has(title));
      if (unknown !== undefined) {
        throw invalid("feature_titles", `has ${unknown.slice(0, 200)}, which ${name} has not`);
      }
      const all = group.featureGroup.features.map((column) => column.name);
      const [snippet] = codeSnippets(group, entity, titles.length > 0 ? titles : all);
      return answer(JSON.stringify(snippet?.value ?? ""));
    }),
  ];
}

/** Those whose entity is gone, in a metastore of others, are left out. */
async function sourcesOf(
  { metastore }: RowAdmin,
  groups: readonly GroupMetadata[],
): Promise<CardSource[]> {
  const versions = await metastore.cards.versionsOf(groups.map(({ name }) => name));
  const names = [...new Set(groups.map(({ featureGroup }) => featureGroup.entityName))];
  const entities = new Map<string, EntityMetadata>();
  for (const name of names) {
    const entity = await metastore.entities.find(name);
    if (entity !== undefined) entities.set(name, entity);
  }
  return groups.flatMap((group) => {
    const entity = entities.get(group.featureGroup.entityName)?.entity;
    return entity === undefined ? [] : { group, entity, versions: versions.get(group.name) ?? [] };
  });
}

/** The first one, unless the query says another. */
function queryVersion(call: RowCall): string {
  return formatVersion(call.integerQuery("version", { min: 1, max: VERSION_MAX, absent: 1 }));
}

async function findGroup(
  { metastore }: RowAdmin,
  name: string,
  version: string | undefined,
): Promise<GroupMetadata> {
  const group = await metastore.groups.find(name, version);
  if (group === undefined) throw RowError.of("FEATURE-GROUP-NOT-FOUND-EXCEPTION");
  return group;
}

async function findEntity(
  { metastore }: RowAdmin,
  { featureGroup }: GroupMetadata,
): Promise<EntityMetadata> {
  const entity = await metastore.entities.find(featureGroup.entityName);
  if (entity === undefined) throw RowError.of("ENTITY-NOT-FOUND-EXCEPTION");
  return entity;
}

function runCard(run: Run): JsonObject {
  return {
    executionTime: new JsonNumber(String(run.timestamp * 1_000)),
    duration: new JsonNumber(run.timeTaken),
    status: run.status,
    statusCode: new JsonNumber(run.status === "SUCCESS" ? "200" : "500"),
    link: null,
    version: new JsonNumber(String(numberOf(run.version))),
    totalRecordsCount: new JsonNumber(run.count),
    message: run.errorMessage,
    features: sampleStatistics(run.sampleData),
  };
}
