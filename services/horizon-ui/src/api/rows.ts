import { z } from "zod";
import type { Body } from "../model/row-drafts.ts";
import { ROW_STATES, type RowEntity, type RowGroup, type RowState } from "../model/rows.ts";
import { ApiError, problemSchema } from "./api-error.ts";
import type { Http } from "./http.ts";
import { dataOf, entitySchema, groupSchema, storedColumnSchema, textOf } from "./row-schemas.ts";

const CONSOLE = "/api/v1/horizon/rows";
/** Hits of one search. */
const HITS_MAX = 100;
const BAD_REQUEST = 400;

const dialectsSchema = z.object({ row: z.boolean() });

const creationSchema = z
  .object({
    kind: z.enum(["entity", "feature-group"]),
    name: z.string(),
    version: z.string().nullable(),
    "entity-name": z.string(),
    owner: z.string(),
    "created-at": z.string(),
    "is-held": z.boolean(),
  })
  .transform(({ kind, name, version, owner, ...creation }) => ({
    kind,
    name,
    version,
    owner,
    entityName: creation["entity-name"],
    createdAtMs: Date.parse(creation["created-at"]),
    isHeld: creation["is-held"],
  }));
/** Something that is PENDING. */
export type Creation = z.output<typeof creationSchema>;

const checkSchema = z.object({
  problems: z.array(problemSchema),
  plan: z
    .object({
      table: z.string(),
      version: z.string().nullable(),
      tenants: z.array(z.string()),
      columns: z.array(storedColumnSchema),
    })
    .nullable(),
});
/** What a creation would make, or why it cannot. */
export type CreationCheck = z.output<typeof checkSchema>;

const storageSchema = z.object({ table: z.string(), columns: z.array(storedColumnSchema) });
export type RowStorage = z.output<typeof storageSchema>;

const versionSchema = z
  .object({
    version: z.string(),
    state: z.enum(ROW_STATES),
    "is-latest": z.boolean(),
    owner: z.string(),
    "column-count": z.number(),
    "created-at": z.string(),
  })
  .transform(({ version, state, owner, ...each }) => ({
    version,
    state,
    owner,
    isLatest: each["is-latest"],
    columnCount: each["column-count"],
    createdAtMs: Date.parse(each["created-at"]),
  }));
export type RowVersion = z.output<typeof versionSchema>;

const runSchema = z
  .object({
    runId: z.string(),
    timeTaken: z.number(),
    count: z.number(),
    status: z.enum(["SUCCESS", "FAILED"]),
    errorMessage: z.string().default(""),
    sampleData: z.unknown(),
    timestamp: z.number(),
  })
  .transform(({ timeTaken, timestamp, ...run }) => ({
    ...run,
    /** As the job told it: its unit is the job's. */
    duration: timeTaken,
    atMs: timestamp * 1000,
  }));
/** What a job has told of one of its runs. */
export type Run = z.output<typeof runSchema>;

const searchSchema = dataOf(
  z.object({ entities: z.array(entitySchema), featureGroups: z.array(groupSchema) }),
);
export type RowSearchResult = z.output<typeof searchSchema>;

const topicSchema = dataOf(z.object({ topic: z.string() }));

/** Entities and feature groups of the row dialect. */
export interface RowsApi {
  /** Whether the row dialect is served here. */
  isServed(signal?: AbortSignal): Promise<boolean>;
  entities(signal?: AbortSignal): Promise<RowEntity[]>;
  /** All versions of all. */
  groups(signal?: AbortSignal): Promise<RowGroup[]>;
  /** @throws {ApiError} 404 */
  entity(name: string, signal?: AbortSignal): Promise<RowEntity>;
  /** @param version empty: the latest. @throws {ApiError} 404 */
  group(name: string, version: string, signal?: AbortSignal): Promise<RowGroup>;
  entityStorage(name: string, signal?: AbortSignal): Promise<RowStorage>;
  groupStorage(name: string, version: string, signal?: AbortSignal): Promise<RowStorage>;
  /** Newest first. */
  versions(name: string, signal?: AbortSignal): Promise<RowVersion[]>;
  /** @returns the topic that its rows go to, or why there is none */
  topic(name: string, signal?: AbortSignal): Promise<{ topic: string } | { fault: string }>;
  /** Newest first; the newest few. */
  runs(name: string, version: string, signal?: AbortSignal): Promise<Run[]>;
  search(text: string, signal?: AbortSignal): Promise<RowSearchResult>;
  creations(signal?: AbortSignal): Promise<Creation[]>;
  checkEntity(body: Body, signal?: AbortSignal): Promise<CreationCheck>;
  checkGroup(body: Body, isUpgrade: boolean, signal?: AbortSignal): Promise<CreationCheck>;
  createEntity(body: Body): Promise<void>;
  /** @returns its version */
  createGroup(body: Body, isUpgrade: boolean): Promise<string>;
  setEntityState(name: string, state: RowState): Promise<void>;
  setGroupState(name: string, version: string, state: RowState): Promise<void>;
  /** Of the table of the group's entity. */
  setTtl(group: string, version: string, ttlSeconds: number): Promise<void>;
}

export function createRowsApi(http: Http): RowsApi {
  return { ...reads(http), ...creations(http), ...changes(http) };
}

type Reads = Omit<RowsApi, keyof ReturnType<typeof creations> | keyof ReturnType<typeof changes>>;

function reads(http: Http): Reads {
  const all = { headers: { "compressed-response": "false" } } as const;
  return {
    async isServed(signal) {
      const { body } = await http.call("/api/v1/horizon/dialects", dialectsSchema, { signal });
      return body.row;
    },
    async entities(signal) {
      const schema = textOf(z.object({ entities: z.array(entitySchema) }));
      const { body } = await http.call("/entity/all", schema, { ...all, signal });
      return body.entities.toSorted((a, b) => a.name.localeCompare(b.name));
    },
    async groups(signal) {
      const schema = textOf(z.object({ featureGroups: z.array(groupSchema) }));
      return (await http.call("/feature-group/all", schema, { ...all, signal })).body.featureGroups;
    },
    async entity(name, signal) {
      const schema = dataOf(z.object({ metadata: entitySchema }));
      const options = { query: { name }, signal };
      return (await http.call("/entity/metadata", schema, options)).body.metadata;
    },
    async group(name, version, signal) {
      const schema = dataOf(z.object({ metadata: groupSchema }));
      const options = { query: { name, version }, signal };
      return (await http.call("/feature-group/metadata", schema, options)).body.metadata;
    },
    async entityStorage(name, signal) {
      const options = { query: { name }, signal };
      return (await http.call(`${CONSOLE}/entity-storage`, storageSchema, options)).body;
    },
    async groupStorage(name, version, signal) {
      const options = { query: { name, version }, signal };
      return (await http.call(`${CONSOLE}/feature-group-storage`, storageSchema, options)).body;
    },
    async versions(name, signal) {
      const path = `${CONSOLE}/feature-group-versions`;
      return (await http.call(path, z.array(versionSchema), { query: { name }, signal })).body;
    },
    async topic(name, signal) {
      try {
        const options = { query: { name }, signal };
        const { body } = await http.call("/feature-group/topic", topicSchema, options);
        return { topic: body.topic };
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== BAD_REQUEST) throw error;
        return { fault: error.message };
      }
    },
    async runs(name, version, signal) {
      const options = { query: { name, version }, signal };
      return (await http.call("/feature-group/run-data", dataOf(z.array(runSchema)), options)).body;
    },
    search: (text, signal) => search(http, text, signal),
  };
}

/** The server finds all criteria at once: what matches any of them is found by one call each. */
async function search(
  http: Http,
  text: string,
  signal: AbortSignal | undefined,
): Promise<RowSearchResult> {
  const criteria = [{ searchPattern: text }, { tags: [text] }, { owners: [text] }];
  const answers = await Promise.all(
    criteria.map(async (body) => {
      const query = { "page-size": HITS_MAX };
      const options = { method: "POST", body, query, signal } as const;
      return (await http.call("/v1/search", searchSchema, options)).body;
    }),
  );
  const entities = new Map(
    answers.flatMap((answer) => answer.entities.map((each) => [each.name, each] as const)),
  );
  const groups = new Map(
    answers.flatMap(({ featureGroups }) =>
      featureGroups.map((each) => [`${each.name} ${each.version}`, each] as const),
    ),
  );
  return { entities: [...entities.values()], featureGroups: [...groups.values()] };
}

function creations(http: Http) {
  const check = async (path: string, body: Body, signal: AbortSignal | undefined, query = {}) => {
    const options = { method: "POST", body, query, signal } as const;
    return (await http.call(`${CONSOLE}/check/${path}`, checkSchema, options)).body;
  };
  return {
    async creations(signal?: AbortSignal) {
      return (await http.call(`${CONSOLE}/creations`, z.array(creationSchema), { signal })).body;
    },
    checkEntity: (body: Body, signal?: AbortSignal) => check("entity", body, signal),
    checkGroup: (body: Body, upgrade: boolean, signal?: AbortSignal) =>
      check("feature-group", body, signal, { upgrade }),
    async createEntity(body: Body) {
      await http.call("/entity", z.unknown(), { method: "POST", body });
    },
    async createGroup(body: Body, isUpgrade: boolean) {
      const schema = dataOf(z.object({ version: z.string() }));
      const query = { upgrade: isUpgrade };
      const options = { method: "POST", body, query } as const;
      return (await http.call("/feature-group", schema, options)).body.version;
    },
  };
}

function changes(http: Http) {
  return {
    async setEntityState(name: string, state: RowState) {
      const options = { method: "PUT", query: { name }, body: { state } } as const;
      await http.call("/entity", z.unknown(), options);
    },
    async setGroupState(name: string, version: string, state: RowState) {
      const options = { method: "PUT", query: { name, version }, body: { state } } as const;
      await http.call("/feature-group", z.unknown(), options);
    },
    async setTtl(name: string, version: string, ttl: number) {
      const options = { method: "PUT", body: { name, version, ttl } } as const;
      await http.call("/feature-group/ttl", z.unknown(), options);
    },
  };
}
