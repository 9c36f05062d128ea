export { DEFAULT_TOPIC } from "./config/kafka-settings.ts";
export { type ConsumerConfig, configVariables, loadConfig } from "./config.ts";
export { type Consumer, type ConsumerOverrides, startConsumer } from "./consumer.ts";
export { LOG_FOLDER } from "./log/embedded-log.ts";
