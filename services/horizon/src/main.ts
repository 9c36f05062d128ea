import { runService } from "@ofs/platform";
import { loadConfig } from "./config/config.ts";
import { firstAdminText } from "./first-admin-text.ts";
import { startHorizon } from "./horizon.ts";

await runService({
  service: "horizon",
  loadConfig,
  start: (config, log) =>
    startHorizon(config, {
      log,
      // To a person, not into the log, which is kept.
      onFirstAdmin: (admin) => void process.stderr.write(firstAdminText(admin)),
    }),
});
