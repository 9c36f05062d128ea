import { randomUUID } from "node:crypto";
import cookie from "@fastify/cookie";
import cors from "@fastify/cors";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import { FeatureStoreError, type Health, type Logger } from "@ofs/platform";
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import type { Registry } from "prom-client";
import type { ChangeService } from "../apply/ports.ts";
import type { Sessions } from "../auth/sessions.ts";
import type { SignIn } from "../auth/sign-in.ts";
import type { UserAccounts } from "../auth/user-accounts.ts";
import type { Database } from "../database/ports.ts";
import type { RequestTraces } from "../tracing/request-traces.ts";
import { CSRF_HEADER, guardRoutes } from "./access.ts";
import { describeRoutes, documentationRoutes } from "./api-docs.ts";
import { auditRoutes } from "./audit-routes.ts";
import { authRoutes } from "./auth-routes.ts";
import { changeRoutes } from "./change-routes.ts";
import { tagReads } from "./entity-tags.ts";
import { answerFailures } from "./error-replies.ts";
import { healthRoutes } from "./health-routes.ts";
import type { HttpMetrics } from "./http-metrics.ts";
import { readJsonBodies } from "./json-bodies.ts";
import { requestRoutes } from "./request-routes.ts";
import { serveUi } from "./static-ui.ts";
import { userRoutes } from "./user-routes.ts";

/** For the head of a request to arrive, and for the whole of it. */
const REQUEST_TIMEOUT_MS = 60_000;

/** Longer than load balancers keep an idle connection, so that they, not we, close it. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;

/** Addresses whose calls are counted at once. */
const MAX_COUNTED_ADDRESSES = 10_000;

/** Of paths' parts: more than any label has. */
const MAX_PARAM_LENGTH = 1_500;

const REQUEST_ID_HEADER = "x-request-id";
const REQUEST_ID = /^[\w.:-]{1,100}$/;

export interface AppSettings {
  readonly version: string;
  readonly maxRequestBytes: number;
  readonly corsOrigins: readonly string[];
  /** Addresses or networks of proxies that say in `X-Forwarded-For` whom they speak for. */
  readonly trustedProxies: readonly string[];
  /** Of one address. */
  readonly requestsPerMinute: number;
  readonly loginsPerMinute: number;
  readonly isCookieSecure: boolean;
  readonly uiFolder: string | undefined;
  /** PEM; undefined = plain HTTP. */
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | undefined;
}

export interface AppDeps {
  readonly database: Database;
  readonly changes: ChangeService;
  readonly sessions: Sessions;
  readonly signIn: SignIn;
  readonly accounts: UserAccounts;
  readonly health: Health;
  readonly metrics: Registry;
  readonly httpMetrics: HttpMetrics;
  /** undefined: nothing is traced. */
  readonly traces?: RequestTraces | undefined;
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Routes of other parts. */
  readonly plugins: readonly ((app: FastifyInstance) => void | Promise<void>)[];
}

/** Makes the HTTP side of the control plane; it listens nowhere yet. */
export async function createApp(settings: AppSettings, deps: AppDeps): Promise<FastifyInstance> {
  const app = createServer(settings, deps.log);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  readJsonBodies(app);
  answerFailures(app, deps.log);
  logAccess(app, deps.log);
  endConnections(app, deps.health);
  deps.httpMetrics.observe(app);
  deps.traces?.observe(app);
  await protect(app, settings);
  guardRoutes(app, deps.sessions, settings.corsOrigins);
  tagReads(app);
  await describeRoutes(app, settings.version);

  healthRoutes(app, deps.health, deps.metrics);
  authRoutes(app, { ...deps, ...settings });
  userRoutes(app, deps);
  changeRoutes(app, deps.changes);
  requestRoutes(app, { requests: deps.database.requests, changes: deps.changes });
  auditRoutes(app, deps.database.audit);
  for (const plugin of deps.plugins) await plugin(app);
  await documentationRoutes(app);
  await serveUi(app, settings.uiFolder);
  await app.ready();
  return app;
}

function createServer(settings: AppSettings, log: Logger): FastifyInstance {
  const options = {
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: settings.maxRequestBytes,
    trustProxy: settings.trustedProxies.length > 0 && [...settings.trustedProxies],
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    forceCloseConnections: "idle",
    // What arrives while it closes is served: its answer says that the connection ends.
    return503OnClosing: false,
    requestIdHeader: false,
    genReqId(request: { headers: Record<string, string | string[] | undefined> }) {
      const given = request.headers[REQUEST_ID_HEADER];
      return typeof given === "string" && REQUEST_ID.test(given) ? given : randomUUID();
    },
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
  } as const;
  // One type for both: nothing here depends on the kind of socket.
  if (settings.tls === undefined) return fastify(options);
  return fastify({ ...options, https: settings.tls }) as unknown as FastifyInstance;
}

/** From when it drains on, a connection ends with the answer that is on it. */
function endConnections(app: FastifyInstance, health: Health): void {
  app.addHook("onSend", async (_, reply) => {
    if (health.isDraining) reply.header("connection", "close");
  });
}

function logAccess(app: FastifyInstance, log: Logger): void {
  app.addHook("onRequest", async (request, reply) => {
    reply.header(REQUEST_ID_HEADER, request.id);
  });
  app.addHook("onResponse", async (request, reply) => {
    const fields = {
      requestId: request.id,
      method: request.method,
      route: request.is404 ? undefined : request.routeOptions.url,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      user: request.session?.user.email,
      address: request.ip,
    };
    log.info(fields, "request");
  });
}

/** Headers, foreign origins, and how often somebody may call. */
async function protect(app: FastifyInstance, settings: AppSettings): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        baseUri: ["'self'"],
        connectSrc: ["'self'"],
        fontSrc: ["'self'", "data:"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        imgSrc: ["'self'", "data:"],
        objectSrc: ["'none'"],
        scriptSrc: ["'self'"],
        // Component libraries put their styles into the page.
        styleSrc: ["'self'", "'unsafe-inline'"],
      },
    },
    crossOriginEmbedderPolicy: false,
    frameguard: { action: "deny" },
    hsts: settings.isCookieSecure,
    // Answers to allowed origins are theirs to read.
    crossOriginResourcePolicy: {
      policy: settings.corsOrigins.length > 0 ? "cross-origin" : "same-origin",
    },
  });
  if (settings.corsOrigins.length > 0) {
    await app.register(cors, {
      origin: [...settings.corsOrigins],
      credentials: true,
      methods: ["GET", "HEAD", "POST", "PUT", "DELETE"],
      allowedHeaders: [
        "Authorization",
        "Content-Type",
        "Idempotency-Key",
        "If-None-Match",
        CSRF_HEADER,
        REQUEST_ID_HEADER,
      ],
      exposedHeaders: [
        "ETag",
        "Idempotent-Replayed",
        "Retry-After",
        "X-Total-Count",
        REQUEST_ID_HEADER,
      ],
      maxAge: 600,
    });
  }
  await app.register(cookie);
  await app.register(rateLimit, {
    max: settings.requestsPerMinute,
    timeWindow: 60_000,
    cache: MAX_COUNTED_ADDRESSES,
    errorResponseBuilder: (_, { after }) =>
      new FeatureStoreError("RESOURCE_EXHAUSTED", `too many requests: try again in ${after}`),
  });
}
