import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { createClient } from "@ofs/client";
import { waitUntilReady, watchHealth } from "@ofs/connections";
import { linger } from "@ofs/http";
import { type Health, type Logger, openService, type ServiceBase } from "@ofs/platform";
import { tracerOpener } from "@ofs/tracing";
import type { FastifyInstance } from "fastify";
import type { Registry as MetricsRegistry } from "prom-client";
import { Reconciler } from "./apply/reconciler.ts";
import { ensureAdmin, type FirstAdmin } from "./auth/first-admin.ts";
import { loadJwtSecret } from "./auth/jwt-secret.ts";
import { LoginGuard } from "./auth/login-guard.ts";
import { PasswordHasher } from "./auth/password-hasher.ts";
import { Sessions } from "./auth/sessions.ts";
import { SignIn } from "./auth/sign-in.ts";
import { TokenSigner } from "./auth/token-signer.ts";
import { UserAccounts } from "./auth/user-accounts.ts";
import type { HorizonConfig } from "./config/config.ts";
import {
  DriftReporter,
  discoveryRoutes,
  type ValueReader,
  valuesOfClient,
} from "./discovery/index.ts";
import { type FleetTarget, fleetPlugin } from "./fleet/index.ts";
import { type AppSettings, createApp } from "./http/app.ts";
import { dialectRoutes } from "./http/dialect-routes.ts";
import { HttpMetrics } from "./http/http-metrics.ts";
import { tokenRoutes } from "./http/token-routes.ts";
import { uiFolder } from "./http/ui-folder.ts";
import { databaseSettings, type GivenConnections, openParts, type Parts } from "./open-parts.ts";
import { PopulatorClient } from "./populator/populator-client.ts";
import { populatorRoutes } from "./populator/populator-routes.ts";
import { RepeatedTask } from "./repeated-task.ts";
import { openRows } from "./rows/open-rows.ts";

/** Of the API. */
const VERSION = "1.0.0";

/** Between looks at sessions that have expired. */
const PURGE_INTERVAL_MS = 3_600_000;

/** Between attempts to do that, or to make the first administrator, while the database is away. */
const RETRY_MS = 2_000;

/** What a program that runs this service brings along. All of it stays the program's. */
export interface HorizonSurroundings extends GivenConnections {
  readonly log?: Logger;
  readonly metrics?: MetricsRegistry;
  /** Looks values up, for people who look for mistakes. */
  readonly values?: ValueReader;
  /** Instances that are asked how they do, in place of `HORIZON_FLEET_SERVICES`. */
  readonly fleet?: readonly FleetTarget[];
  /** Populators admit the bearer, in place of `HORIZON_POPULATOR_ADMIN_TOKEN`. */
  readonly populatorToken?: string;
  /** Told when the first administrator is made: the only place that its password is shown at. */
  readonly onFirstAdmin: (admin: FirstAdmin) => void;
}

/** A running control plane. */
export interface Horizon {
  /** The one that was opened, also where 0 was asked for. */
  readonly port: number;
  readonly health: Health;
  readonly metrics: MetricsRegistry;
  /** @throws {FeatureStoreError} DEADLINE_EXCEEDED, saying what is not ready */
  waitUntilReady(timeoutMs: number): Promise<void>;
  /**
   * Takes no more requests, finishes those under way, and closes everything. A change that is being carried out is finished
   * by whoever comes next. Idempotent.
   *
   * @throws {AggregateError} if something could not be closed
   */
  close(): Promise<void>;
}

/**
 * Starts the control plane. A database, registry or store that cannot be reached is tried again and again in the background.
 *
 * @throws for settings that make no sense, a port that is taken, files that cannot be read; nothing stays open then
 */
export async function startHorizon(
  config: HorizonConfig,
  surroundings: HorizonSurroundings,
): Promise<Horizon> {
  const { process: settings } = config;
  const openTracer = tracerOpener(config.tracing);
  return openService({ service: "horizon", settings, given: surroundings, openTracer }, (base) =>
    openAll(config, surroundings, base),
  );
}

async function openAll(
  config: HorizonConfig,
  surroundings: HorizonSurroundings,
  base: ServiceBase,
): Promise<Horizon> {
  const { log, metrics, health, lifecycle } = base;
  warnOfVariables(config, log);
  const parts = await openParts(config, surroundings, base);
  const httpMetrics = new HttpMetrics(metrics);
  const auth = createAuth(config, parts, httpMetrics);
  watchHealth(health, lifecycle);
  await startTasks(config, surroundings, base, { parts, auth });
  const app = await createApp(await appSettings(config), {
    ...parts,
    ...auth,
    health,
    metrics,
    httpMetrics,
    log,
    now: Date.now,
    plugins: [
      discoveryPlugin(config, openValues(config, surroundings, base), parts, log),
      ...fleetPlugins(config, surroundings, parts),
      (instance) => tokenRoutes(instance, parts.revoker),
      (instance) => dialectRoutes(instance, { hasRows: config.rows !== undefined }),
      ...(await rowPlugins(config, surroundings, base, parts)),
    ],
  });
  lifecycle.register("port", (signal) => closePort(app, signal));
  const host = config.process.APP_HOST ?? allInterfaces();
  await app.listen({ port: config.process.APP_PORT, host });
  await parts.catalog.start();
  health.refresh();
  const { port } = app.server.address() as AddressInfo;
  log.info({ port }, "serving");
  return {
    port,
    health,
    metrics,
    waitUntilReady: (timeoutMs) => waitUntilReady(health, timeoutMs),
    async close() {
      health.startDraining();
      await lifecycle.close();
    },
  };
}

interface Auth {
  readonly sessions: Sessions;
  readonly signIn: SignIn;
  readonly accounts: UserAccounts;
  readonly hasher: PasswordHasher;
}

function createAuth(config: HorizonConfig, { database }: Parts, metrics: HttpMetrics): Auth {
  const { auth } = config;
  const { users, audit } = database;
  const now = Date.now;
  const signer = new TokenSigner(
    jwtSecret(config),
    auth.JWT_PREVIOUS_SECRETS,
    auth.JWT_TTL_SECONDS,
  );
  const sessions = new Sessions(database, signer, now);
  const hasher = new PasswordHasher();
  const lockMs = auth.LOGIN_LOCK_SECONDS * 1_000;
  const guard = new LoginGuard(users, { maxFailures: auth.LOGIN_MAX_FAILURES, lockMs });
  const common = { users, audit, sessions, hasher, now };
  return {
    sessions,
    hasher,
    accounts: new UserAccounts(common),
    signIn: new SignIn({ ...common, guard, onLogin: (outcome) => metrics.login(outcome) }),
  };
}

function jwtSecret({ auth, registry }: HorizonConfig): string {
  if (auth.JWT_SECRET !== undefined) return auth.JWT_SECRET;
  if (registry.dataFolder === undefined) throw new Error("JWT_SECRET is required");
  return loadJwtSecret(registry.dataFolder);
}

/** The first administrator, expired sessions, and requests that a crash has left. */
async function startTasks(
  config: HorizonConfig,
  { onFirstAdmin }: HorizonSurroundings,
  { log, lifecycle }: ServiceBase,
  { parts, auth }: { readonly parts: Parts; readonly auth: Auth },
): Promise<void> {
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = config.auth;
  const { HORIZON_DEV_ADMIN: isDevelopment, HORIZON_RESET_ADMIN: isReset } = config.auth;
  const options = { email, password, isDevelopment, isReset };
  let hasAdmin = false;
  const housekeeping = new RepeatedTask({
    name: "housekeeping",
    intervalMs: PURGE_INTERVAL_MS,
    retryMs: RETRY_MS,
    log,
    async run() {
      if (!hasAdmin) {
        const surroundings = { now: Date.now, log };
        const admin = await ensureAdmin(parts.database, auth.hasher, options, surroundings);
        hasAdmin = true;
        if (admin !== undefined) onFirstAdmin(admin);
      }
      const count = await auth.sessions.purge();
      if (count > 0) log.info({ count }, "expired sessions removed");
    },
  });
  lifecycle.register("housekeeping", () => housekeeping.close());
  await housekeeping.start();
  const intervalMs = config.process.HORIZON_RECONCILE_INTERVAL_MS;
  const reconciler = new Reconciler({ changes: parts.changes, log, intervalMs });
  lifecycle.register("reconciler", () => reconciler.close());
  reconciler.start();
}

function discoveryPlugin(
  { stores }: HorizonConfig,
  values: ValueReader | undefined,
  { catalog, database, registry, tables }: Parts,
  log: Logger,
): (app: FastifyInstance) => Promise<void> {
  const { requests, audit } = database;
  const now = Date.now;
  const common = { catalog, audit, now };
  const drift = new DriftReporter({ ...common, requests, tables, author: registry, log });
  return discoveryRoutes({ ...common, stores, drift, values });
}

/** How the services do, and what the populators among them are told to do. */
function fleetPlugins(
  { fleet }: HorizonConfig,
  given: HorizonSurroundings,
  { catalog, database, trail }: Parts,
): ((app: FastifyInstance) => void)[] {
  const targets = given.fleet ?? fleet.targets;
  const urls = targets.filter(({ service }) => service === "populator").map(({ url }) => url);
  const token = given.populatorToken ?? fleet.populatorToken;
  const populator = new PopulatorClient({ urls, token });
  return [
    fleetPlugin(targets, catalog, database.requests),
    populatorRoutes({ populator, audit: trail }),
  ];
}

/** The row dialect's control plane, if it is served here. */
async function rowPlugins(
  config: HorizonConfig,
  given: HorizonSurroundings,
  base: ServiceBase,
  { traces, embedded, trail }: Parts,
): Promise<((app: FastifyInstance) => Promise<void>)[]> {
  const { rows: settings } = config;
  if (settings === undefined) return [];
  const shared = await databaseSettings(config);
  const database =
    shared.kind === "mysql" ? { ...shared, database: settings.databaseName } : shared;
  return [
    await openRows({ config, settings, database, embedded, given, base, traces, audit: trail }),
  ];
}

/** Connects when the first value is looked up. */
function openValues(
  { dataPlane }: HorizonConfig,
  { values }: HorizonSurroundings,
  { lifecycle }: ServiceBase,
): ValueReader | undefined {
  if (values !== undefined || dataPlane === undefined) return values;
  const client = createClient(dataPlane);
  lifecycle.register("api-server's client", () => client.close());
  return valuesOfClient(client);
}

async function appSettings({ process: settings, auth }: HorizonConfig): Promise<AppSettings> {
  const { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile } = settings;
  const tls =
    certFile === undefined || keyFile === undefined
      ? undefined
      : { cert: await readFile(certFile), key: await readFile(keyFile) };
  return {
    version: VERSION,
    maxRequestBytes: settings.MAX_REQUEST_BYTES,
    corsOrigins: settings.CORS_ORIGINS,
    trustedProxies: settings.HORIZON_TRUSTED_PROXIES,
    requestsPerMinute: settings.HORIZON_REQUESTS_PER_MINUTE,
    loginsPerMinute: auth.LOGIN_ATTEMPTS_PER_MINUTE,
    isCookieSecure: auth.HORIZON_COOKIE_SECURE ?? tls !== undefined,
    uiFolder: uiFolder(settings.HORIZON_UI_FOLDER),
    tls,
  };
}

/**
 * Lets requests under way end, and cuts those that are left when the signal aborts. Answers tell callers that their
 * connection ends, from the moment that the service drains: so one that is kept for the next request is not closed while that
 * is on its way.
 */
async function closePort(app: FastifyInstance, signal: AbortSignal): Promise<void> {
  const cut = (): void => app.server.closeAllConnections();
  if (signal.aborted) cut();
  else signal.addEventListener("abort", cut, { once: true });
  await linger(() => connectionCount(app), signal);
  await app.close();
  signal.removeEventListener("abort", cut);
}

function connectionCount(app: FastifyInstance): Promise<number> {
  return new Promise((resolve, reject) => {
    app.server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });
}

/** The framework's own default is this machine only. */
function allInterfaces(): string {
  const addresses = Object.values(networkInterfaces()).flat();
  return addresses.some((address) => address?.family === "IPv6") ? "::" : "0.0.0.0";
}

function warnOfVariables({ unusedVariables, unknownVariables }: HorizonConfig, log: Logger): void {
  if (unusedVariables.length > 0) {
    log.warn({ variables: unusedVariables }, "these variables are set and have no effect");
  }
  if (unknownVariables.length > 0) {
    log.warn({ variables: unknownVariables }, "these variables are set, and nobody knows them");
  }
}
