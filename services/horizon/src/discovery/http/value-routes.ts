import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { AuditRepository } from "../../database/ports.ts";
import { actorOf } from "../../http/access.ts";
import { ONLINE_FEATURE_STORE } from "../../http/request-kinds.ts";
import { commonFailures, errorSchema } from "../../http/schemas.ts";
import type { CatalogView } from "../catalog/live-catalog.ts";
import {
  FEATURE_COUNT_MAX,
  KEY_COUNT_MAX,
  lookUpValues,
  type ValueReader,
} from "../values/feature-values.ts";
import * as shapes from "./shapes.ts";

const label = z.string().min(1).max(500);
const KEY_PART_LENGTH_MAX = 1_000;

export interface ValueRouteDeps {
  readonly catalog: CatalogView;
  readonly values: ValueReader;
  readonly audit: Pick<AuditRepository, "add">;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** Looks up stored values. Who has looked at how many keys of which entity is in the audit log; the keys are not. */
export function valueRoutes(instance: FastifyInstance, deps: ValueRouteDeps): void {
  instance.withTypeProvider<ZodTypeProvider>().post(
    `${ONLINE_FEATURE_STORE}/values`,
    {
      config: { access: "submit" },
      schema: {
        tags: ["Values"],
        summary: "Feature values of some keys, as the data plane serves them",
        body: z.object({
          entity: label,
          keys: z
            .array(z.record(label, z.string().max(KEY_PART_LENGTH_MAX)))
            .min(1)
            .max(KEY_COUNT_MAX),
          features: z
            .record(label, z.array(label).max(FEATURE_COUNT_MAX))
            .describe("Feature labels by group; an empty list: all of the group"),
        }),
        response: { 200: shapes.values, 404: errorSchema, 503: errorSchema, ...commonFailures },
      },
    },
    async (request) => {
      const { body } = request;
      await deps.audit.add({
        atMs: deps.now(),
        actor: actorOf(request).email,
        action: "values.read",
        subject: `entity ${body.entity}`,
        details: { "key-count": body.keys.length, groups: Object.keys(body.features) },
      });
      return lookUpValues(deps.catalog.current(), body, deps.values);
    },
  );
}
