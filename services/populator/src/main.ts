import { answerVersion, ConfigError, createLogger, runProcess } from "@ofs/platform";
import { loadConfig } from "./config.ts";
import { startPopulator } from "./populator.ts";

const SERVICE = "populator";

answerVersion(SERVICE, process.argv.slice(2));

try {
  const config = loadConfig(process.env);
  const { APP_NAME, APP_ENV, APP_LOG_LEVEL } = config.process;
  const fields = { app: APP_NAME, env: APP_ENV };
  const log = createLogger({ service: SERVICE, level: APP_LOG_LEVEL, fields });
  const starting = startPopulator(config, { log });
  // A signal during the start waits for its end.
  runProcess(async () => (await starting).close(), log);
  await starting;
} catch (error) {
  const log = createLogger({ service: SERVICE, level: "FATAL" });
  if (error instanceof ConfigError) log.fatal({ faults: error.faults }, "invalid environment");
  else log.fatal({ err: error }, "the populator could not start");
  process.exit(1);
}
