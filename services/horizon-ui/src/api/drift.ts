import { z } from "zod";
import type { Http } from "./http.ts";
import { API_ROOT } from "./paths.ts";

const differenceSchema = z.object({
  id: z.string(),
  kind: z.string(),
  severity: z.enum(["error", "warning", "info"]),
  subject: z.string(),
  message: z.string(),
  expected: z.string(),
  found: z.string(),
  repair: z.object({ description: z.string() }).nullable(),
});
/** One place where requests, registry and stores do not say the same. */
export type Difference = z.output<typeof differenceSchema>;

const reportSchema = z
  .object({
    revision: z.number(),
    "request-count": z.number(),
    total: z.number(),
    differences: z.array(differenceSchema),
  })
  .transform(({ "request-count": requestCount, ...report }) => ({ ...report, requestCount }));
export type DriftReport = z.output<typeof reportSchema>;

const outcomesSchema = z.object({
  results: z.array(z.object({ id: z.string(), result: z.string(), message: z.string() })),
});
export type RepairOutcome = z.output<typeof outcomesSchema>["results"][number];

export interface DriftApi {
  report(signal?: AbortSignal): Promise<DriftReport>;
  /** @param ids of differences of a report; at most 100 */
  repair(ids: readonly string[]): Promise<RepairOutcome[]>;
}

export function createDriftApi(http: Http): DriftApi {
  const path = `${API_ROOT}/drift`;
  return {
    async report(signal) {
      return (await http.call(path, reportSchema, { signal })).body;
    },
    async repair(ids) {
      const options = { method: "POST", body: { ids } } as const;
      return (await http.call(`${path}/repair`, outcomesSchema, options)).body.results;
    },
  };
}
