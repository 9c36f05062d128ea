import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { RequestRepository } from "../database/ports.ts";
import type { LiveCatalog } from "../discovery/index.ts";
import { actorOf } from "../http/access.ts";
import { commonFailures, errorSchema } from "../http/schemas.ts";
import { Counts, countsShape } from "./counts.ts";
import type { FleetMonitor } from "./fleet-monitor.ts";
import { reportFleet } from "./fleet-report.ts";
import { freshnessOf, haveTold } from "./freshness.ts";
import { fleetReport, fleetReportShape, freshnessList, freshnessShapeOf, isoOf } from "./shapes.ts";

const TAGS = ["Fleet"];
const config = { access: "read" } as const;

const freshnessQuery = z.object({
  entity: z.string().min(1).max(255),
  "feature-group": z.string().min(1).max(255).optional(),
});

export interface FleetRouteDeps {
  readonly monitor: FleetMonitor;
  readonly catalog: Pick<LiveCatalog, "current" | "revision">;
  readonly requests: Pick<RequestRepository, "list">;
}

/** Makes a plugin: how the services do, when feature groups were last written, and how much there is of everything. */
export function fleetRoutes(deps: FleetRouteDeps): (app: FastifyInstance) => void {
  return (instance) => {
    stateRoute(instance, deps);
    freshnessRoute(instance, deps);
    countsRoute(instance, deps);
  };
}

function stateRoute(instance: FastifyInstance, { monitor, catalog }: FleetRouteDeps): void {
  instance.withTypeProvider<ZodTypeProvider>().get(
    "/api/v1/horizon/fleet",
    {
      config,
      schema: {
        tags: TAGS,
        summary: "How api-servers and consumers do: state, registry, rates, latencies, caches, lag",
        description:
          "Asked of the services when somebody asks here, at most every two seconds. Rates are over what was seen within a " +
          "minute, so they are there from the second answer on.",
        response: { 200: fleetReport, ...commonFailures },
      },
    },
    async () => {
      const observation = await monitor.observe();
      return fleetReportShape(reportFleet(observation, knownGroups(catalog)), catalog.revision);
    },
  );
}

function freshnessRoute(instance: FastifyInstance, { monitor }: FleetRouteDeps): void {
  instance.withTypeProvider<ZodTypeProvider>().get(
    "/api/v1/horizon/fleet/last-writes",
    {
      config,
      schema: {
        tags: TAGS,
        summary:
          "When the feature groups of an entity were last written, by ingestion and by calls",
        description:
          "Only groups that were written since the services have started: what nobody knows is left out.",
        querystring: freshnessQuery,
        response: { 200: freshnessList, ...commonFailures },
      },
    },
    async ({ query }) => {
      const { entity: wanted, "feature-group": wantedGroup } = query;
      const observation = await monitor.observe();
      const found = freshnessOf(
        observation,
        (entity, group) =>
          entity === wanted && (wantedGroup === undefined || group === wantedGroup),
      );
      return {
        "checked-at": isoOf(observation.atMs),
        "has-services": observation.instances.length > 0,
        "is-ingestion-known": haveTold(observation, "consumer"),
        "are-calls-known": haveTold(observation, "api-server"),
        groups: found.map(freshnessShapeOf),
      };
    },
  );
}

function countsRoute(instance: FastifyInstance, { catalog, requests }: FleetRouteDeps): void {
  const counts = new Counts(catalog, requests);
  instance.withTypeProvider<ZodTypeProvider>().get(
    "/api/v1/horizon/counts",
    {
      config,
      schema: {
        tags: TAGS,
        summary: "How many entities, groups, features, stores, jobs, faults and waiting requests",
        response: { 200: countsShape, ...commonFailures, 503: errorSchema },
      },
    },
    (request) => counts.read(actorOf(request)),
  );
}

/** While the registry has not arrived, nobody knows what was removed from it: nothing is left out. */
function knownGroups(catalog: FleetRouteDeps["catalog"]) {
  if (catalog.revision === undefined) return () => true;
  const { entities } = catalog.current();
  return (entity: string, group: string): boolean =>
    entities.get(entity)?.groups.has(group) === true;
}
