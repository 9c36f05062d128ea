import { CLOSE_TIME_MS, createMetrics, type Logger, runProcess, Supervisor } from "@ofs/platform";
import type { ApiServerConfig } from "./config.ts";

/** For a worker's process to end after everything in it is closed. */
const EXIT_TIME_MS = 2_000;

/**
 * Serves with several workers: this process listens for them and looks after them. Signals: SIGTERM and SIGINT drain all
 * workers, SIGHUP replaces them one by one.
 *
 * @throws if the port is taken or no worker can start
 */
export async function runPrimary(config: ApiServerConfig, log: Logger): Promise<void> {
  const { APP_NAME, APP_ENV, APP_HOST, APP_PORT, SHUTDOWN_GRACE_MS } = config.server;
  const supervisor = new Supervisor({
    workerCount: config.workerCount,
    host: APP_HOST,
    port: APP_PORT,
    secondPort: config.rows?.ROW_PORT,
    drainTimeoutMs: SHUTDOWN_GRACE_MS + CLOSE_TIME_MS + EXIT_TIME_MS,
    log,
    metrics: createMetrics({ service: APP_NAME, env: APP_ENV }),
  });
  process.on("SIGHUP", () => supervisor.reload());
  runProcess(() => supervisor.close(), log);
  await supervisor.start();
  const { port, secondPort: rowPort } = supervisor;
  log.info({ port, rowPort, workerCount: config.workerCount }, "workers serve");
}
