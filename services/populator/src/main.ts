import { runService } from "@ofs/platform";
import { loadConfig } from "./config.ts";
import { startPopulator } from "./populator.ts";

await runService({
  service: "populator",
  loadConfig,
  start: (config, log) => startPopulator(config, { log }),
});
