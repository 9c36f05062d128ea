import { FeatureStoreError } from "@ofs/platform";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Actor, ChangePreview, ChangeService } from "../apply/ports.ts";
import { isPermitted } from "../auth/roles.ts";
import { CHANGE_KINDS, type ChangeKind } from "../changes/model.ts";
import {
  type ChangeRequest,
  REQUEST_STATUSES,
  type RequestFilter,
  type RequestRepository,
} from "../database/ports.ts";
import { actorOf } from "./access.ts";
import { objectOf } from "./change-routes.ts";
import { LISTS, ONLINE_FEATURE_STORE } from "./request-kinds.ts";
import { requestRow, requestRowSchema } from "./request-row.ts";
import { commonFailures, errorSchema, problemSchema } from "./schemas.ts";

const TAGS = ["Requests"];

/** Largest page that can be asked for. */
const MAX_PAGE = 1_000;

/**
 * Rows of a list that is asked for without `limit`, as clients do that page by themselves: more than they can show, and
 * not so many that one answer takes the process's memory.
 */
const MAX_UNPAGED = 10_000;

/** Furthest row that can be asked for. */
const MAX_OFFSET = 10_000_000;

const kindSchema = z.enum(CHANGE_KINDS);
const statusSchema = z.enum(REQUEST_STATUSES);

const listQuery = z.object({
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).optional(),
  offset: z.coerce.number().int().min(0).max(MAX_OFFSET).optional(),
  status: z
    .string()
    .max(200)
    .transform((text) => text.split(",").map((one) => one.trim()))
    .pipe(z.array(statusSchema))
    .optional()
    .describe("Comma-separated"),
  search: z.string().max(200).optional().describe("Found in labels, creator or approver"),
  "created-by": z.string().max(100).optional().describe("For those who see all requests"),
});

const requestParams = z.object({
  kind: kindSchema,
  id: z.coerce.number().int().min(1).max(4_294_967_295),
});

const previewReply = z.object({
  problems: z.array(problemSchema),
  plan: z
    .object({
      tables: z.array(z.record(z.string(), z.unknown())),
      outcome: z.record(z.string(), z.union([z.string(), z.number()])),
    })
    .optional(),
  keys: z.array(
    z.object({ path: z.string(), before: z.string().optional(), after: z.string().optional() }),
  ),
});

const failures = { ...commonFailures, 404: errorSchema, 503: errorSchema } as const;

export interface RequestRouteDeps {
  readonly requests: RequestRepository;
  readonly changes: ChangeService;
}

/** Lists of requests, single ones, and what they would do. */
export function requestRoutes(instance: FastifyInstance, deps: RequestRouteDeps): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  for (const { path, kinds } of LISTS) {
    app.get(
      `${ONLINE_FEATURE_STORE}/${path}`,
      {
        config: { access: "read" },
        schema: {
          tags: TAGS,
          summary: "Requests, newest first: all of them for approvers, else the caller's own",
          description: `The header x-total-count tells how many there are in all. Without limit, the newest ${MAX_UNPAGED} are listed.`,
          querystring: listQuery,
          response: { 200: z.array(requestRowSchema), ...failures },
        },
      },
      async (request, reply) => {
        const filter = filterOf(kinds, request.query, actorOf(request));
        const { requests, total } = await deps.requests.list(filter);
        reply.header("x-total-count", String(total));
        return requests.map(requestRow);
      },
    );
  }
  singleRoutes(instance, deps);
}

function singleRoutes(instance: FastifyInstance, { requests, changes }: RequestRouteDeps): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const find = async (kind: ChangeKind, id: number, actor: Actor): Promise<ChangeRequest> => {
    const found = await requests.find(kind, id);
    if (found !== undefined && (seesAll(actor) || found.createdBy === actor.email)) return found;
    throw new FeatureStoreError("NOT_FOUND", `there is no ${kind} request ${id}`);
  };

  app.get(
    `${ONLINE_FEATURE_STORE}/requests/:kind/:id`,
    {
      config: { access: "read" },
      schema: {
        tags: TAGS,
        summary: "One request",
        params: requestParams,
        response: { 200: requestRowSchema, ...failures },
      },
    },
    async (request) => {
      const { kind, id } = request.params;
      return requestRow(await find(kind, id, actorOf(request)));
    },
  );

  app.get(
    `${ONLINE_FEATURE_STORE}/requests/:kind/:id/preview`,
    {
      config: { access: "read" },
      schema: {
        tags: TAGS,
        summary: "What a request would change now, key by key",
        params: requestParams,
        response: { 200: previewReply, ...failures },
      },
    },
    async (request) => {
      const { kind, id } = request.params;
      await find(kind, id, actorOf(request));
      return describePreview(await changes.previewRequest(kind, id));
    },
  );

  app.post(
    `${ONLINE_FEATURE_STORE}/preview/:kind`,
    {
      config: { access: "read" },
      schema: {
        tags: TAGS,
        summary: "What a request would change if it were sent: a dry run",
        params: z.object({ kind: kindSchema }),
        body: z.looseObject({}),
        response: { 200: previewReply, ...failures },
      },
    },
    async ({ params, body }) => describePreview(await changes.preview(params.kind, objectOf(body))),
  );
}

function describePreview({ problems, plan, keys }: ChangePreview): z.output<typeof previewReply> {
  return {
    problems: [...problems],
    keys: [...keys],
    ...(plan === undefined
      ? {}
      : { plan: { tables: plan.tables.map((table) => ({ ...table })), outcome: plan.outcome } }),
  };
}

/** Approvers see everything that they may decide; others what they asked for. */
function seesAll({ role }: Actor): boolean {
  return isPermitted(role, "decide");
}

function filterOf(
  kinds: readonly ChangeKind[],
  query: z.output<typeof listQuery>,
  actor: Actor,
): RequestFilter {
  const { limit, offset, status: statuses, search, "created-by": wantedCreator } = query;
  const createdBy = seesAll(actor) ? wantedCreator : actor.email;
  return {
    kinds,
    ...(createdBy ? { createdBy } : {}),
    ...(statuses === undefined ? {} : { statuses }),
    ...(search ? { search } : {}),
    ...(offset === undefined ? {} : { offset }),
    limit: limit ?? MAX_UNPAGED,
  };
}
