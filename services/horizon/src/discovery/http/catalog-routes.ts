import { FeatureStoreError } from "@ofs/platform";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { ONLINE_FEATURE_STORE } from "../../http/request-kinds.ts";
import { commonFailures } from "../../http/schemas.ts";
import type { CatalogView } from "../catalog/live-catalog.ts";
import {
  entityLabels,
  entityShapes,
  groupNames,
  groupShapes,
  recordOf,
  storeShapes,
} from "../views/discovery-shapes.ts";
import { jobNames } from "../views/jobs.ts";
import { failWithData, findEntity, tagByRevision } from "./replies.ts";
import * as shapes from "./shapes.ts";

const TAGS = ["Discovery"];
const config = { access: "read" } as const;
const label = z.string().min(1).max(500);

/** What stores and caches there are to choose from. */
export interface StoreChoices {
  /** conf-id -> kind of store. */
  readonly kinds: ReadonlyMap<number, string>;
  readonly distributedCacheConfIds: readonly number[];
  readonly processCacheConfIds: readonly number[];
}

/** The published endpoints that list the registry. */
export function catalogRoutes(
  instance: FastifyInstance,
  catalog: CatalogView,
  choices: StoreChoices,
): void {
  entityRoutes(instance, catalog);
  groupRoutes(instance, catalog);
  storeAndJobRoutes(instance, catalog);
  choiceRoutes(instance, choices);
}

function entityRoutes(instance: FastifyInstance, catalog: CatalogView): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const preHandler = tagByRevision(catalog);
  for (const name of ["get-entites", "get-entities"]) {
    app.get(
      `${ONLINE_FEATURE_STORE}/${name}`,
      {
        config,
        preHandler,
        schema: {
          tags: TAGS,
          summary: "Labels of all entities",
          response: { 200: z.array(z.string()), ...commonFailures },
        },
      },
      async () => entityLabels(catalog.current()),
    );
  }
  app.get(
    `${ONLINE_FEATURE_STORE}/retrieve-entities`,
    {
      config,
      preHandler,
      schema: {
        tags: TAGS,
        summary: "Entities with their keys and caches",
        response: { 200: z.array(shapes.entity), ...commonFailures },
      },
    },
    async () => entityShapes(catalog.current()),
  );
}

function groupRoutes(instance: FastifyInstance, catalog: CatalogView): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const preHandler = tagByRevision(catalog);
  app.get(
    `${ONLINE_FEATURE_STORE}/get-feature-groups`,
    {
      config,
      preHandler,
      schema: {
        tags: TAGS,
        summary: "Feature groups of an entity, with their data types",
        querystring: z.object({ entityLabel: label }),
        response: { 200: z.array(shapes.groupName), ...commonFailures },
      },
    },
    async ({ query }) =>
      groupNames(findEntity(catalog.current(), query.entityLabel, "INVALID_ARGUMENT")),
  );
  app.get(
    `${ONLINE_FEATURE_STORE}/retrieve-feature-groups`,
    {
      config,
      preHandler,
      schema: {
        tags: TAGS,
        summary: "Feature groups of an entity, with the features of their active versions",
        querystring: z.object({ entity: label }),
        response: { 200: z.array(shapes.group), ...commonFailures },
      },
    },
    async ({ query }) => {
      const current = catalog.current();
      return groupShapes(current, findEntity(current, query.entity, "INVALID_ARGUMENT"));
    },
  );
}

function storeAndJobRoutes(instance: FastifyInstance, catalog: CatalogView): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const preHandler = tagByRevision(catalog);
  app.get(
    `${ONLINE_FEATURE_STORE}/get-store`,
    {
      config,
      preHandler,
      schema: {
        tags: TAGS,
        summary: "Stores by id",
        response: { 200: shapes.stores, ...commonFailures },
      },
    },
    async () => storeShapes(catalog.current()),
  );
  app.get(
    `${ONLINE_FEATURE_STORE}/get-jobs`,
    {
      config,
      preHandler,
      schema: {
        tags: TAGS,
        summary: "Names of writer jobs, or of clients (readers)",
        querystring: z.object({ jobType: z.enum(["writer", "reader"]) }),
        response: { 200: z.array(z.string()), ...commonFailures },
      },
    },
    async ({ query }) => jobNames(catalog.current(), query.jobType),
  );
}

function choiceRoutes(instance: FastifyInstance, choices: StoreChoices): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  app.get(
    `${ONLINE_FEATURE_STORE}/get-config`,
    {
      config,
      schema: {
        tags: TAGS,
        summary: "Kinds of the configured stores, by conf-id",
        response: { 200: shapes.namesById, ...commonFailures },
      },
    },
    async () => recordOf([...choices.kinds].map(([confId, kind]) => [String(confId), kind])),
  );
  app.post(
    `${ONLINE_FEATURE_STORE}/get-cache-config`,
    {
      config,
      errorHandler: failWithData,
      schema: {
        tags: TAGS,
        summary: "Configured caches of a type, by conf-id",
        body: z.object({ "cache-type": z.string().max(100).describe("distributed or in-memory") }),
        response: { 200: shapes.mappedNames, ...commonFailures },
      },
    },
    async ({ body }) => ({ error: "", data: cacheChoices(choices, body["cache-type"]) }),
  );
}

function cacheChoices(choices: StoreChoices, type: string): Record<string, string> {
  const named = (confIds: readonly number[], name: string) =>
    recordOf(confIds.map((confId) => [String(confId), name] as const));
  if (type === "distributed") return named(choices.distributedCacheConfIds, "distributed_cache");
  if (type === "in-memory") return named(choices.processCacheConfIds, "in_memory_cache");
  const shown = JSON.stringify(type);
  throw new FeatureStoreError(
    "INVALID_ARGUMENT",
    `cache-type ${shown} is not one of distributed, in-memory`,
  );
}
