import { FeatureStoreError } from "@ofs/platform";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { ONLINE_FEATURE_STORE } from "../../http/request-kinds.ts";
import { commonFailures, errorSchema } from "../../http/schemas.ts";
import type { CatalogView } from "../catalog/live-catalog.ts";
import type { CatalogGroup, CatalogVersion } from "../catalog/model.ts";
import { featureDetails } from "../views/feature-details.ts";
import { jobShapes } from "../views/jobs.ts";
import { SEARCH_KINDS, search } from "../views/search.ts";
import { diffVersions, listVersions } from "../views/versions.ts";
import { findGroup, tagByRevision } from "./replies.ts";
import * as shapes from "./shapes.ts";

const TAGS = ["Discovery"];
const config = { access: "read" } as const;
const failures = { ...commonFailures, 404: errorSchema } as const;

/** Versions of a page: each is listed with all its features. */
const VERSION_LIMIT_MAX = 100;
const VERSION_LIMIT_DEFAULT = 20;

const OFFSET_MAX = 65_536;

const HIT_LIMIT_MAX = 200;
const HIT_LIMIT_DEFAULT = 50;

const label = z.string().min(1).max(500);
const groupParams = z.object({ entity: label, group: label });
const GROUP_PATH = `${ONLINE_FEATURE_STORE}/entities/:entity/groups/:group`;

/** What the published endpoints do not show: versions, features one by one, search, jobs, faults. */
export function detailRoutes(
  instance: FastifyInstance,
  catalog: CatalogView,
  now: () => number,
): void {
  versionRoutes(instance, catalog);
  featureRoutes(instance, catalog);
  overviewRoutes(instance, catalog, now);
}

function versionRoutes(instance: FastifyInstance, catalog: CatalogView): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const preHandler = tagByRevision(catalog);
  app.get(
    `${GROUP_PATH}/versions`,
    {
      config,
      preHandler,
      schema: {
        tags: TAGS,
        summary: "Versions of a group with their features, the newest first; columns and sizes",
        params: groupParams,
        querystring: z.object({
          offset: z.coerce.number().int().min(0).max(OFFSET_MAX).default(0),
          limit: z.coerce
            .number()
            .int()
            .min(1)
            .max(VERSION_LIMIT_MAX)
            .default(VERSION_LIMIT_DEFAULT),
        }),
        response: { 200: shapes.versions, ...failures },
      },
    },
    async ({ params, query }) => {
      const current = catalog.current();
      return listVersions(current, findGroup(current, params.entity, params.group), query);
    },
  );
  app.get(
    `${GROUP_PATH}/versions/:from/diff/:to`,
    {
      config,
      preHandler,
      schema: {
        tags: TAGS,
        summary: "What became different from one version of a group to another",
        params: groupParams.extend({ from: z.string().max(20), to: z.string().max(20) }),
        response: { 200: shapes.versionDiff, ...failures },
      },
    },
    async ({ params }) => {
      const group = findGroup(catalog.current(), params.entity, params.group);
      return diffVersions(findVersion(group, params.from), findVersion(group, params.to));
    },
  );
}

function featureRoutes(instance: FastifyInstance, catalog: CatalogView): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  app.get(
    `${GROUP_PATH}/features/:feature`,
    {
      config,
      preHandler: tagByRevision(catalog),
      schema: {
        tags: TAGS,
        summary: "One feature: where it is stored, who writes and reads it, where it comes from",
        params: groupParams.extend({ feature: label }),
        response: { 200: shapes.featureDetails, ...failures },
      },
    },
    async ({ params }) => {
      const current = catalog.current();
      const group = findGroup(current, params.entity, params.group);
      const details = featureDetails(current, group, params.feature);
      if (details !== undefined) return details;
      const shown = JSON.stringify(params.feature);
      const message = `version ${group.activeVersion} of group ${group.entityLabel}/${group.label} has no feature ${shown}`;
      throw new FeatureStoreError("NOT_FOUND", message);
    },
  );
}

function overviewRoutes(instance: FastifyInstance, catalog: CatalogView, now: () => number): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const preHandler = tagByRevision(catalog);
  app.get(
    `${ONLINE_FEATURE_STORE}/search`,
    {
      config,
      preHandler,
      schema: {
        tags: TAGS,
        summary: "Entities, groups, features, sources, stores, jobs and clients by name",
        querystring: z.object({
          q: z.string().trim().min(1).max(200),
          kind: z.enum(SEARCH_KINDS).optional(),
          limit: z.coerce.number().int().min(1).max(HIT_LIMIT_MAX).default(HIT_LIMIT_DEFAULT),
        }),
        response: { 200: shapes.searchResult, ...commonFailures },
      },
    },
    async ({ query: { q, kind, limit } }) =>
      search(catalog.current(), { text: q, kinds: kind && [kind], limit }),
  );
  app.get(
    `${ONLINE_FEATURE_STORE}/jobs`,
    {
      config,
      schema: {
        tags: TAGS,
        summary: "Jobs, or clients, with what they may do and what they feed",
        querystring: z.object({ jobType: z.enum(["writer", "reader"]).default("writer") }),
        response: { 200: z.array(shapes.job), ...commonFailures },
      },
    },
    async ({ query }) => jobShapes(catalog.current(), query.jobType, Math.floor(now() / 1000)),
  );
  app.get(
    `${ONLINE_FEATURE_STORE}/faults`,
    {
      config,
      preHandler,
      schema: {
        tags: TAGS,
        summary: "Nodes of the registry that the data plane cannot read, or not as they are meant",
        response: { 200: shapes.registryFaults, ...commonFailures },
      },
    },
    async () => catalog.current().snapshot.faults.map((fault) => ({ ...fault })),
  );
}

function findVersion(group: CatalogGroup, name: string): CatalogVersion {
  const version = group.version(name);
  if (version !== undefined) return version;
  const message = `group ${group.entityLabel}/${group.label} has no version ${JSON.stringify(name)}`;
  throw new FeatureStoreError("NOT_FOUND", message);
}
