import { runService } from "@ofs/platform";
import { loadConfig } from "./config.ts";
import { startConsumer } from "./consumer.ts";

await runService({
  service: "consumer",
  loadConfig,
  start: (config, log) => startConsumer(config, { log }),
});
