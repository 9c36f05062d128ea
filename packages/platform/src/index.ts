export { answerVersion, ofsVersion, registerBuildInfo } from "./build-info.ts";
export { Cancellation, type CancelSignal } from "./cancellation.ts";
export { ConfigError } from "./config/config-error.ts";
export { EnvReader, parseEnv } from "./config/env-reader.ts";
export {
  type Address,
  address,
  addressList,
  choice,
  flag,
  idList,
  integer,
  list,
  logLevel,
  port,
  text,
} from "./config/fields.ts";
export {
  type ProcessDefaults,
  processVariables,
  requirePair,
  samplingRate,
} from "./config/process-variables.ts";
export { type ErrorCode, FeatureStoreError, toWireStatus, type WireStatus } from "./errors.ts";
export { FolderLock, type FolderLockOptions } from "./folder-lock.ts";
export { type CheckResult, Health, type HealthReport } from "./health.ts";
export { InFlightLimit } from "./in-flight-limit.ts";
export { type Close, Lifecycle } from "./lifecycle.ts";
export {
  createLogger,
  LOG_LEVELS,
  type Logger,
  type LoggerOptions,
  type LogLevel,
} from "./logger.ts";
export { mapBounded } from "./map-bounded.ts";
export { createMetrics, LATENCY_BUCKETS_SECONDS } from "./metrics.ts";
export { ReusableMemory } from "./reusable-memory.ts";
export { type ProcessPort, runProcess } from "./run-process.ts";
export { logFailedStart, runService, type ServiceProgram } from "./run-service.ts";
export {
  CLOSE_TIME_MS,
  type OpenTracer,
  openService,
  type ServiceBase,
  type ServiceBaseOptions,
  type ServiceSettings,
} from "./service-base.ts";
export { CounterSeries, HistogramSeries, TallyCounter, TallyHistogram } from "./tally.ts";
export { MAX_TOKEN_LENGTH, type TokenCredential, TokenVerifier } from "./token-verifier.ts";
export {
  type Span,
  type SpanAttributes,
  type SpanKind,
  type SpanStart,
  type SpanStarter,
  TRACEPARENT_HEADER,
  TRACESTATE_HEADER,
  type TracedService,
  type TraceFields,
  type Tracer,
  traceFields,
} from "./tracing.ts";
export type { UnaryCall, UnaryHandler, UnaryReply, UnaryRoutes } from "./transport.ts";
export type { WorkerSummary } from "./workers/protocol.ts";
export {
  DEFAULT_TIMES,
  type SuperviseOptions,
  type SuperviseTimes,
  Supervisor,
} from "./workers/supervisor.ts";
export { type WorkerBus, WorkerLink, workerLink } from "./workers/worker-link.ts";
