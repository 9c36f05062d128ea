import { FeatureStoreError } from "@ofs/platform";
import { foldName, type GroupMetadata, parseVersion } from "@ofs/rows";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { commonFailures, errorSchema } from "../../http/schemas.ts";
import type { RowAdmin } from "../row-admin.ts";
import type { TopicAdmin } from "../topics/topic-admin.ts";
import { checkEntity } from "./check-entity.ts";
import { checkGroup } from "./check-group.ts";
import { entityColumns, groupColumns } from "./column-storage.ts";
import {
  checkShape,
  consumerShape,
  creationShape,
  isoOf,
  shapeOfCheck,
  shapeOfColumn,
  shapeOfCreation,
  storageShape,
  versionShape,
} from "./console-shapes.ts";
import { listConsumers } from "./consumer-list.ts";
import { entityDraft, groupDraft } from "./creation-body.ts";

const ROOT = "/api/v1/horizon/rows";
const TAGS = ["Row dialect"];
const NAME_LENGTH_MAX = 500;
const config = { access: "read" } as const;
const failures = { ...commonFailures, 404: errorSchema, 503: errorSchema } as const;
const name = z.string().min(1).max(NAME_LENGTH_MAX);

export interface ConsoleRouteDeps {
  readonly admin: Pick<RowAdmin, "metastore" | "now">;
  /** undefined: no log is configured. */
  readonly topics: Pick<TopicAdmin, "partitionCount"> | undefined;
}

/** What the web UI asks of the row dialect, and its published endpoints do not tell. For people who are signed in. */
export function consoleRoutes(instance: FastifyInstance, deps: ConsoleRouteDeps): void {
  const app = typed(instance);
  creationRoutes(app, deps);
  storageRoutes(app, deps);
  app.get(
    `${ROOT}/consumers`,
    {
      config,
      schema: {
        tags: TAGS,
        summary: "Topics of consuming tenants, with the partitions that they have in truth",
        response: { 200: z.array(consumerShape), ...failures },
      },
    },
    async () => {
      const all = await listConsumers(deps.admin.metastore, deps.topics);
      return all.map((each) => ({
        "tenant-name": each.tenantName,
        "topic-name": each.topicName,
        "num-partitions": each.numPartitions,
        "num-consumers": each.numConsumers,
        "topic-partitions": each.topicPartitions ?? null,
        "topic-fault": each.topicFault ?? null,
        "updated-at": isoOf(each.updatedAt),
      }));
    },
  );
}

type App = ReturnType<typeof typed>;

function typed(instance: FastifyInstance) {
  return instance.withTypeProvider<ZodTypeProvider>();
}

function creationRoutes(app: App, { admin }: ConsoleRouteDeps): void {
  const { metastore, now } = admin;
  app.get(
    `${ROOT}/creations`,
    {
      config,
      schema: {
        tags: TAGS,
        summary: "Entities and versions of feature groups that are being made",
        response: { 200: z.array(creationShape), ...failures },
      },
    },
    async () =>
      (await metastore.creations.list()).map((creation) => shapeOfCreation(creation, now())),
  );
  app.post(
    `${ROOT}/check/entity`,
    {
      config,
      schema: {
        tags: TAGS,
        summary: "A dry run of the creation of an entity",
        body: entityDraft,
        response: { 200: checkShape, ...failures },
      },
    },
    async ({ body }) => shapeOfCheck(await checkEntity(metastore, body, now())),
  );
  app.post(
    `${ROOT}/check/feature-group`,
    {
      config,
      schema: {
        tags: TAGS,
        summary: "A dry run of the creation of a feature group, or of a further version",
        querystring: z.object({ upgrade: z.stringbool().default(false) }),
        body: groupDraft,
        response: { 200: checkShape, ...failures },
      },
    },
    async ({ body, query: { upgrade: isUpgrade } }) =>
      shapeOfCheck(await checkGroup(metastore, body, { isUpgrade, nowMs: now() })),
  );
}

function storageRoutes(app: App, { admin }: ConsoleRouteDeps): void {
  const { metastore } = admin;
  app.get(
    `${ROOT}/entity-storage`,
    {
      config,
      schema: {
        tags: TAGS,
        summary: "Columns of an entity, and where their values are",
        querystring: z.object({ name }),
        response: { 200: storageShape, ...failures },
      },
    },
    async ({ query }) => {
      const { entity } = await findEntity(admin, query.name);
      const columns = entityColumns(entity).map(shapeOfColumn);
      return { table: foldName(entity.tableName), version: null, columns };
    },
  );
  app.get(
    `${ROOT}/feature-group-storage`,
    {
      config,
      schema: {
        tags: TAGS,
        summary: "Columns of one version of a feature group, and where their values are",
        querystring: z.object({ name, version: name.optional() }),
        response: { 200: storageShape, ...failures },
      },
    },
    async ({ query }) => {
      const group = await metastore.groups.find(query.name, query.version);
      if (group === undefined) throw missing(`feature group ${query.name}`);
      const { entity } = await findEntity(admin, group.featureGroup.entityName);
      const own = groupColumns(
        { ...group.featureGroup, versionEnabled: group.versionEnabled },
        group.version,
      );
      const columns = [...entityColumns(entity), ...own].map(shapeOfColumn);
      return { table: foldName(entity.tableName), version: group.version, columns };
    },
  );
  app.get(
    `${ROOT}/feature-group-versions`,
    {
      config,
      schema: {
        tags: TAGS,
        summary: "All versions of a feature group, newest first",
        querystring: z.object({ name }),
        response: { 200: z.array(versionShape), ...failures },
      },
    },
    async ({ query }) => {
      const [versions, latest] = await Promise.all([
        metastore.groups.versionsOf(query.name),
        metastore.groups.version(query.name),
      ]);
      if (versions.length === 0) throw missing(`feature group ${query.name}`);
      const number = ({ version }: GroupMetadata): number => parseVersion(version) ?? 0;
      return versions
        .sort((a, b) => number(b) - number(a))
        .map((each) => ({
          version: each.version,
          state: each.state,
          "is-latest": each.version === latest?.latestVersion,
          owner: each.owner,
          "column-count": each.featureGroup.features.length,
          "created-at": isoOf(each.createdAt),
          "updated-at": isoOf(each.updatedAt),
        }));
    },
  );
}

async function findEntity({ metastore }: ConsoleRouteDeps["admin"], wanted: string) {
  const entity = await metastore.entities.find(wanted);
  if (entity === undefined) throw missing(`entity ${wanted}`);
  return entity;
}

function missing(what: string): FeatureStoreError {
  return new FeatureStoreError("NOT_FOUND", `there is no ${what}`);
}
