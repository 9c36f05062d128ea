import { logVerbosity, setLogVerbosity } from "@grpc/grpc-js";
import {
  answerVersion,
  createLogger,
  type Logger,
  logFailedStart,
  runProcess,
  type WorkerLink,
  workerLink,
} from "@ofs/platform";
import { startApiServer } from "./api-server.ts";
import { type ApiServerConfig, loadConfig } from "./config.ts";
import { runPrimary } from "./primary.ts";

const SERVICE = "api-server";

answerVersion(SERVICE, process.argv.slice(2));

// What strangers send (malformed metadata, for example) must not be able to fill the log.
setLogVerbosity(logVerbosity.NONE);

let link: WorkerLink | undefined;
try {
  // Logged at a level that no setting silences: the setting itself may be what is wrong.
  const early = createLogger({ service: SERVICE, level: "FATAL" });
  link = workerLink((err) => early.fatal({ err }, "a message of the primary makes no sense"));
  const config = loadConfig(process.env);
  const { APP_NAME, APP_ENV, APP_LOG_LEVEL } = config.server;
  const slot = link === undefined ? {} : { slot: String(link.slot) };
  const fields = { app: APP_NAME, env: APP_ENV, ...slot };
  const log = createLogger({ service: SERVICE, level: APP_LOG_LEVEL, fields });
  if (link === undefined && config.workerCount > 1) await runPrimary(config, log);
  else await serve(config, log, link);
} catch (error) {
  link?.reportFailure(error instanceof Error ? error.message : String(error));
  await logFailedStart(SERVICE, error);
  process.exit(1);
}

/** Serves in this process: alone, or as one of several workers. */
async function serve(
  config: ApiServerConfig,
  log: Logger,
  worker: WorkerLink | undefined,
): Promise<void> {
  const starting = startApiServer(config, { log, ...(worker === undefined ? {} : { worker }) });
  // A signal during the start waits for its end.
  const shutDown = runProcess(async () => {
    const server = await starting;
    await server.close();
    await worker?.sendFinalMetrics(server.metrics).catch((err: unknown) => {
      log.debug({ err }, "the primary did not take the last metrics");
    });
  }, log);
  worker?.onDrain(shutDown);
  await starting;
}
