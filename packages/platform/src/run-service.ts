import { answerVersion } from "./build-info.ts";
import { ConfigError } from "./config/config-error.ts";
import { flushLogOutput } from "./log-output.ts";
import { createLogger, type Logger } from "./logger.ts";
import { runProcess } from "./run-process.ts";
import type { ServiceSettings } from "./service-base.ts";

/** A service that runs in one process of its own. */
export interface ServiceProgram<Config> {
  /** For the log, for example `consumer`. */
  readonly service: string;
  /** @throws {ConfigError} naming every variable that makes no sense */
  loadConfig(env: NodeJS.ProcessEnv): Config;
  start(config: Config, log: Logger): Promise<{ close(): Promise<void> }>;
}

/** The whole of a service's `main`: from the environment until a signal. Exits with 1 if it cannot start, saying why. */
export async function runService<Config extends { readonly process: ServiceSettings }>(
  program: ServiceProgram<Config>,
): Promise<void> {
  const { service } = program;
  answerVersion(service, process.argv.slice(2));
  try {
    const config = program.loadConfig(process.env);
    const { APP_NAME, APP_ENV, APP_LOG_LEVEL } = config.process;
    const fields = { app: APP_NAME, env: APP_ENV };
    const log = createLogger({ service, level: APP_LOG_LEVEL, fields });
    const starting = program.start(config, log);
    // A signal during the start waits for its end.
    runProcess(async () => (await starting).close(), log);
    await starting;
  } catch (error) {
    await logFailedStart(service, error);
    process.exit(1);
  }
}

/** Says why a service could not start, at a level that no setting silences: the setting itself may be what is wrong. */
export async function logFailedStart(service: string, error: unknown): Promise<void> {
  const log = createLogger({ service, level: "FATAL" });
  if (error instanceof ConfigError) log.fatal({ faults: error.faults }, "invalid environment");
  else log.fatal({ err: error }, "could not start");
  await flushLogOutput();
}
