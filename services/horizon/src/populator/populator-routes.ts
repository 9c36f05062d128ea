import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { AuditTrail } from "../apply/audit-trail.ts";
import { actorOf } from "../http/access.ts";
import { commonFailures, errorSchema } from "../http/schemas.ts";
import type { PopulatorCall, PopulatorClient } from "./populator-client.ts";

const ROOT = "/api/v1/horizon/populator";
const TAGS = ["Populator"];
const failures = { ...commonFailures, 404: errorSchema, 412: errorSchema, 503: errorSchema };

/** For what the populator has in its database. */
const LOOK_TIMEOUT_MS = 10_000;
/** For what it looks up in a table, maybe far away: less than a browser waits. */
const TABLE_TIMEOUT_MS = 25_000;
const FILES_SHOWN_MAX = 1_000;
const FILES_SHOWN_DEFAULT = 200;
const PATH_LENGTH_MAX = 2_000;

/** What is done to a run, and how the audit log says that it was done. */
const ACTIONS = {
  pause: "populator-run.paused",
  resume: "populator-run.resumed",
  cancel: "populator-run.cancelled",
  reset: "populator-run.reset",
} as const;

const name = z.string().min(1).max(200).describe("Of the run: its tableName");
const named = z.object({ name });
const path = z.string().min(1).max(PATH_LENGTH_MAX).describe("As the populator finds it");
const answer = z.record(z.string(), z.unknown()).describe("As the populator answers it");

/** Fields that this service uses; the populator checks all of them. */
const newRun = z.looseObject({ tableName: name, path });

export interface PopulatorRouteDeps {
  readonly populator: Pick<PopulatorClient, "call">;
  readonly audit: Pick<AuditTrail, "note">;
}

/**
 * Makes a plugin: runs of the populator for people who are signed in. Bodies and answers are the populator's own. Whoever may
 * decide about requests may begin runs and act on them; each of that is in the audit log.
 */
export function populatorRoutes(deps: PopulatorRouteDeps): (app: FastifyInstance) => void {
  return (instance) => {
    const app = typed(instance);
    lookRoutes(app, deps);
    tableRoute(app, deps);
    startRoute(app, deps);
    actionRoutes(app, deps);
  };
}

type App = ReturnType<typeof typed>;

function typed(instance: FastifyInstance) {
  return instance.withTypeProvider<ZodTypeProvider>();
}

function lookRoutes(app: App, { populator }: PopulatorRouteDeps): void {
  const config = { access: "read" } as const;
  const look = (path: string, query: PopulatorCall["query"] = {}) =>
    ({ method: "GET", path, query, timeoutMs: LOOK_TIMEOUT_MS }) as const;
  app.get(
    `${ROOT}/runs`,
    {
      config,
      schema: {
        tags: TAGS,
        summary: "Runs of the populator, by name",
        response: { 200: z.array(answer), ...failures },
      },
    },
    () => populator.call(look("/table/list"), z.array(answer)),
  );
  app.get(
    `${ROOT}/run`,
    {
      config,
      schema: {
        tags: TAGS,
        summary: "One run, with what was refused and why",
        querystring: named,
        response: { 200: answer, ...failures },
      },
    },
    ({ query }) => populator.call(look("/table/status", { name: query.name }), answer),
  );
  app.get(
    `${ROOT}/run/files`,
    {
      config,
      schema: {
        tags: TAGS,
        summary: "Files of the version that a run is at: workers, states, errors",
        querystring: named.extend({
          limit: z.coerce.number().int().min(1).max(FILES_SHOWN_MAX).default(FILES_SHOWN_DEFAULT),
        }),
        response: { 200: answer, ...failures },
      },
    },
    ({ query }) => populator.call(look("/table/files", query), answer),
  );
}

/** Reads what a path names, so it is not for everybody. */
function tableRoute(app: App, { populator }: PopulatorRouteDeps): void {
  app.get(
    `${ROOT}/table`,
    {
      config: { access: "decide" },
      schema: {
        tags: TAGS,
        summary: "Latest version and columns of a Delta table, before a run of it is begun",
        querystring: z.object({ path }),
        response: { 200: answer, ...failures },
      },
    },
    async ({ query }) => {
      const call = { method: "GET", query: { path: query.path } } as const;
      const ask = (what: string) =>
        populator.call({ ...call, path: `/table/${what}`, timeoutMs: TABLE_TIMEOUT_MS }, answer);
      const [latest, columns] = await Promise.all([ask("latest-version"), ask("schema")]);
      return { ...latest, ...columns };
    },
  );
}

function startRoute(app: App, { populator, audit }: PopulatorRouteDeps): void {
  app.post(
    `${ROOT}/runs`,
    {
      config: { access: "decide" },
      schema: {
        tags: TAGS,
        summary: "Begins a run, in place of the one of its name",
        body: newRun.describe("The body of the populator's POST /table/read"),
        response: { 200: answer, ...failures },
      },
    },
    async (request) => {
      const { body } = request;
      const call = { method: "POST", path: "/table/read", body } as const;
      const begun = await populator.call({ ...call, timeoutMs: TABLE_TIMEOUT_MS }, answer);
      await audit.note({
        actor: actorOf(request).email,
        action: "populator-run.started",
        subject: subjectOf(body.tableName),
        details: startDetails(body),
      });
      return begun;
    },
  );
}

function actionRoutes(app: App, deps: PopulatorRouteDeps): void {
  app.post(
    `${ROOT}/run/:action`,
    {
      config: { access: "decide" },
      schema: {
        tags: TAGS,
        summary: "Pauses, resumes, cancels a run, or begins it anew",
        params: z.object({ action: z.enum(Object.keys(ACTIONS) as (keyof typeof ACTIONS)[]) }),
        querystring: named,
        response: { 200: answer, ...failures },
      },
    },
    async (request) => {
      const { action } = request.params;
      const call = { method: "POST", path: `/table/${action}` } as const;
      return act(deps, request, { ...call, name: request.query.name, done: ACTIONS[action] });
    },
  );
  app.delete(
    `${ROOT}/run`,
    {
      config: { access: "decide" },
      schema: {
        tags: TAGS,
        summary: "Forgets a run; what it sent stays",
        querystring: named,
        response: { 200: answer, ...failures },
      },
    },
    async (request) => {
      const call = { method: "DELETE", path: "/table" } as const;
      const done = "populator-run.deleted";
      return act(deps, request, { ...call, name: request.query.name, done });
    },
  );
}

interface Act {
  readonly method: "POST" | "DELETE";
  readonly path: string;
  readonly name: string;
  /** For the audit log. */
  readonly done: string;
}

async function act(
  { populator, audit }: PopulatorRouteDeps,
  request: FastifyRequest,
  { method, path, name, done }: Act,
): Promise<Record<string, unknown>> {
  const call = { method, path, query: { name }, timeoutMs: LOOK_TIMEOUT_MS };
  const answered = await populator.call(call, answer);
  const actor = actorOf(request).email;
  await audit.note({ actor, action: done, subject: subjectOf(name), details: {} });
  return answered;
}

function subjectOf(tableName: string): string {
  return `table ${tableName}`;
}

/** What a run reads and where it goes; the rest is with the populator. */
function startDetails(body: z.output<typeof newRun>): Record<string, unknown> {
  const told = ["path", "entityLabel", "featureGroupName", "featureGroupVersion", "mode"] as const;
  const range = ["startVersion", "endVersion", "version", "watch", "schedule", "deletes"] as const;
  const known = [...told, ...range].map((field) => [field, body[field]] as const);
  return Object.fromEntries(known.filter(([, value]) => value !== undefined));
}
