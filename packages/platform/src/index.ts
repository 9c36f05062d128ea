export { ConfigError, logLevel, parseEnv, port } from "./config.ts";
export { type ErrorCode, FeatureStoreError, toWireStatus, type WireStatus } from "./errors.ts";
export { type Closable, Lifecycle } from "./lifecycle.ts";
export { createLogger, type Logger } from "./logger.ts";
export { createMetrics, type Metrics } from "./metrics.ts";
export type { UnaryCall, UnaryHandler, UnaryReply, UnaryRoutes } from "./transport.ts";
