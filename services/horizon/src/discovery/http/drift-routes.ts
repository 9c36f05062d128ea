import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { actorOf } from "../../http/access.ts";
import { ONLINE_FEATURE_STORE } from "../../http/request-kinds.ts";
import { commonFailures, errorSchema } from "../../http/schemas.ts";
import type { DriftReport, DriftReporter } from "../drift/drift-reporter.ts";
import { type Difference, planRepair } from "../drift/model.ts";
import * as shapes from "./shapes.ts";

const TAGS = ["Drift"];

/** Differences repaired by one request. */
const REPAIR_COUNT_MAX = 100;

const failures = { ...commonFailures, 503: errorSchema } as const;

/** Where requests, registry and stores disagree, for approvers; repairs, for administrators. */
export function driftRoutes(instance: FastifyInstance, reporter: DriftReporter): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  app.get(
    `${ONLINE_FEATURE_STORE}/drift`,
    {
      config: { access: "decide" },
      schema: {
        tags: TAGS,
        summary: "Differences of approved requests, registry and stores, and what repairs would do",
        response: { 200: shapes.driftReport, ...failures },
      },
    },
    async () => reportShape(await reporter.report()),
  );
  app.post(
    `${ONLINE_FEATURE_STORE}/drift/repair`,
    {
      config: { access: "manage-users" },
      schema: {
        tags: TAGS,
        summary: "Repairs differences, named by their ids in the report",
        body: z.object({ ids: z.array(z.string().min(1).max(64)).min(1).max(REPAIR_COUNT_MAX) }),
        response: { 200: shapes.repairOutcomes, ...failures },
      },
    },
    async (request) => ({
      results: await reporter.repair(request.body.ids, actorOf(request).email),
    }),
  );
}

function reportShape({ catalog, requestCount, differences, total }: DriftReport) {
  const { revision } = catalog;
  return {
    revision,
    "request-count": requestCount,
    total,
    differences: differences.map((difference) => differenceShape(difference, revision)),
  };
}

function differenceShape(difference: Difference, revision: number) {
  const { remedy: _, ...shown } = difference;
  const repair = planRepair(difference, revision);
  return {
    ...shown,
    repair:
      repair === undefined
        ? null
        : {
            description: repair.description,
            tables: repair.tables.map(({ storeId, table, columns }) => ({
              "store-id": storeId,
              table,
              columns: [...columns],
            })),
            keys: repair.writes.map(({ path, value }) => ({
              path,
              after: value === undefined ? null : Buffer.from(value).toString("utf8"),
            })),
          },
  };
}
