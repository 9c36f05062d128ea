import type { Registry } from "prom-client";
import { registerBuildInfo } from "./build-info.ts";
import { Health } from "./health.ts";
import { Lifecycle } from "./lifecycle.ts";
import { createLogger, type Logger, type LogLevel } from "./logger.ts";
import { createMetrics } from "./metrics.ts";
import type { TracedService, Tracer } from "./tracing.ts";

/** For closing connections, after the work under way has had `SHUTDOWN_GRACE_MS`. */
export const CLOSE_TIME_MS = 5_000;

/** What everything in a service is built on. */
export interface ServiceBase {
  readonly log: Logger;
  readonly metrics: Registry;
  readonly health: Health;
  readonly lifecycle: Lifecycle;
  /** undefined: nothing is traced. */
  readonly tracer?: Tracer | undefined;
}

/** Opens what traces go through, and registers its end. @returns undefined where tracing is off */
export type OpenTracer = (service: TracedService, base: ServiceBase) => Promise<Tracer | undefined>;

/** What the environment says to every service about itself, as far as its start and end need it. */
export interface ServiceSettings {
  readonly APP_NAME: string;
  readonly APP_ENV: string;
  readonly APP_LOG_LEVEL: LogLevel;
  readonly SHUTDOWN_GRACE_MS: number;
}

export interface ServiceBaseOptions {
  /** For the log, for example `api-server`. */
  readonly service: string;
  readonly settings: ServiceSettings;
  /** Of a program that runs the service inside itself, in place of its own. */
  readonly openTracer?: OpenTracer;
  readonly given: { readonly log?: Logger; readonly metrics?: Registry };
}

/**
 * Makes a service's base and opens the service on it.
 *
 * @throws what `open` throws; all that it had registered is closed then
 */
export async function openService<T>(
  { service, settings, given, openTracer }: ServiceBaseOptions,
  open: (base: ServiceBase) => Promise<T>,
): Promise<T> {
  const { APP_NAME, APP_ENV, APP_LOG_LEVEL, SHUTDOWN_GRACE_MS } = settings;
  const fields = { app: APP_NAME, env: APP_ENV };
  const log = given.log ?? createLogger({ service, level: APP_LOG_LEVEL, fields });
  const metrics = given.metrics ?? createMetrics({ service: APP_NAME, env: APP_ENV });
  registerBuildInfo(metrics, service);
  const lifecycle = new Lifecycle(log, SHUTDOWN_GRACE_MS + CLOSE_TIME_MS);
  try {
    const base = { log, metrics, health: new Health(), lifecycle };
    // First, so that it is closed last.
    const tracer = await openTracer?.({ service, appName: APP_NAME, appEnv: APP_ENV }, base);
    return await open({ ...base, tracer });
  } catch (error) {
    await lifecycle.close();
    throw error;
  }
}
