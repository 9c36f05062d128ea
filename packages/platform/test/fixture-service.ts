import { pbkdf2 } from "node:crypto";
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
    // In the pool of threads, which has one here: what is logged next waits for its end.
    if (process.env["FIXTURE"] === "busy") pbkdf2("a", "b", 100_000, 64, "sha512", () => {});
    log.info("started");
    if (process.env["FIXTURE"] === "talkative") {
      for (let line = 0; line < Number(process.env["TALK_LINES"]); line++)
        log.info({ text: "x".repeat(1_000) }, "talk");
      process.stderr.write("talked\n");
    }
    return {
      async close() {
        clearInterval(timer);
        log.info("closed");
      },
    };
  },
});
