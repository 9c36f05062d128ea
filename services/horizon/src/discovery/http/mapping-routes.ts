import { TokenVerifier } from "@ofs/platform";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { ONLINE_FEATURE_STORE } from "../../http/request-kinds.ts";
import { commonFailures, errorSchema } from "../../http/schemas.ts";
import type { CatalogView } from "../catalog/live-catalog.ts";
import {
  assertJob,
  JOB_ID_HEADER,
  JOB_TOKEN_HEADER,
  readCredentials,
} from "../mapping/job-access.ts";
import { onlineFeatures } from "../mapping/online-features.ts";
import { sourceMapping } from "../mapping/source-mapping.ts";
import { failWithData } from "./replies.ts";
import * as shapes from "./shapes.ts";

/** Under the second one stream connectors ask. */
const MAPPING_PATHS = [
  `${ONLINE_FEATURE_STORE}/get-source-mapping`,
  "/api/v1/orion/get-source-mapping",
];

/** Of a body that nobody reads. */
const IGNORED_BODY_BYTES_MAX = 65_536;

/** Offline features of one question, and the size of each. */
const OFFLINE_FEATURE_COUNT_MAX = 10_000;
const OFFLINE_FEATURE_LENGTH_MAX = 2_000;

const credential = z.string().max(4_096).optional();

/** What jobs ask, by their own credentials, and what maps offline features to online ones. */
export async function mappingRoutes(
  instance: FastifyInstance,
  catalog: CatalogView,
  now: () => number,
): Promise<void> {
  await instance.register(async (scope) => machineRoutes(scope, catalog, now));
  const app = instance.withTypeProvider<ZodTypeProvider>();
  app.post(
    `${ONLINE_FEATURE_STORE}/get-online-features-mapping`,
    {
      config: { access: "read" },
      errorHandler: failWithData,
      schema: {
        tags: ["Discovery"],
        summary:
          "Online features (entity:group:feature) that offline ones (provider|path|column) feed",
        body: z.object({
          "offline-feature-list": z
            .array(z.string().max(OFFLINE_FEATURE_LENGTH_MAX))
            .max(OFFLINE_FEATURE_COUNT_MAX),
        }),
        response: { 200: shapes.mappedNames, ...commonFailures },
      },
    },
    async ({ body }) => ({
      error: "",
      data: onlineFeatures(catalog.current(), body["offline-feature-list"]),
    }),
  );
}

/** The body's type and content do not count: existing clients announce JSON, and send nothing. */
function machineRoutes(scope: FastifyInstance, catalog: CatalogView, now: () => number): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(
    "*",
    { parseAs: "buffer", bodyLimit: IGNORED_BODY_BYTES_MAX },
    (_request, _body, done) => done(null, undefined),
  );
  const verifier = new TokenVerifier();
  const app = scope.withTypeProvider<ZodTypeProvider>();
  for (const path of MAPPING_PATHS) {
    app.post(
      path,
      {
        config: { access: "public" },
        schema: {
          tags: ["Jobs"],
          summary: "Features that a writer job feeds, by source",
          description: `Needs no session: the job's id and token are enough, in the query or in the headers ${JOB_ID_HEADER} and ${JOB_TOKEN_HEADER}.`,
          querystring: z.object({ jobId: credential, jobToken: credential }),
          response: { 200: shapes.sourceMapping, 503: errorSchema, ...commonFailures },
        },
      },
      async ({ headers, query }) => {
        const credentials = readCredentials(headers, query);
        const current = catalog.current();
        assertJob(current, credentials, verifier, Math.floor(now() / 1000));
        return sourceMapping(current, credentials.jobId);
      },
    );
  }
}
