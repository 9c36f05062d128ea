import { logVerbosity, setLogVerbosity } from "@grpc/grpc-js";
import { ConfigError, createLogger, runProcess } from "@ofs/platform";
import { startApiServer } from "./api-server.ts";
import { loadConfig } from "./config.ts";

const SERVICE = "api-server";

// What strangers send (malformed metadata, for example) must not be able to fill the log.
setLogVerbosity(logVerbosity.NONE);

try {
  const config = loadConfig(process.env);
  const { APP_NAME, APP_ENV, APP_LOG_LEVEL } = config.server;
  const fields = { app: APP_NAME, env: APP_ENV };
  const log = createLogger({ service: SERVICE, level: APP_LOG_LEVEL, fields });
  const starting = startApiServer(config, { log });
  // A signal during the start waits for its end.
  runProcess(async () => (await starting).close(), log);
  await starting;
} catch (error) {
  // Logged at a level that no setting silences: the setting itself may be what is wrong.
  const log = createLogger({ service: SERVICE, level: "FATAL" });
  if (error instanceof ConfigError) log.fatal({ faults: error.faults }, "invalid environment");
  else log.fatal({ err: error }, "the server could not start");
  process.exit(1);
}
