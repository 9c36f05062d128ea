import { setTimeout as delay } from "node:timers/promises";
import { ConfigError, runService } from "../src/index.ts";

/** A service that does nothing: how its start ends is said by the environment. */
await runService({
  service: "fixture",
  loadConfig(env) {
    if (env["FIXTURE"] === "misconfigured")
      throw new ConfigError(['PORT: not a number (value "x")']);
    const names = { APP_NAME: "tests", APP_ENV: "" };
    return { process: { ...names, APP_LOG_LEVEL: "INFO" as const, SHUTDOWN_GRACE_MS: 0 } };
  },
  async start(_config, log) {
    if (process.env["FIXTURE"] === "broken") throw new Error("the disk is gone");
    await delay(100);
    log.info("starting");
    await delay(300);
    const timer = setInterval(() => undefined, 1_000);
    log.info("started");
    return {
      async close() {
        clearInterval(timer);
        log.info("closed");
      },
    };
  },
});
