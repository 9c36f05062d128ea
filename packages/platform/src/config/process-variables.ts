import type { EnvReader } from "./env-reader.ts";
import { integer, logLevel, port, text } from "./fields.ts";

const SAMPLING_RATE = /^(?:0|1|0?\.\d+|1\.0+|0\.0+)$/;

export interface ProcessDefaults {
  readonly port: number;
  readonly name?: string;
}

/** What every service reads of its environment, for a zod object, with its own defaults. */
export function processVariables({ port: defaultPort, name = "onfs" }: ProcessDefaults) {
  return {
    APP_NAME: text()
      .refine((name) => /^[^/\s]+$/.test(name), "must have no slash and no blank")
      .default(name),
    APP_ENV: text().default(""),
    APP_LOG_LEVEL: logLevel().default("WARN"),
    APP_HOST: text().optional(),
    APP_PORT: port().default(defaultPort),
    TLS_CERT_FILE: text().optional(),
    TLS_KEY_FILE: text().optional(),
    SHUTDOWN_GRACE_MS: integer(0, 600_000).default(20_000),
  };
}

/** `APP_METRIC_SAMPLING_RATE`, which data plane services check and have no use for: all is counted. */
export function samplingRate() {
  return text()
    .refine((rate) => SAMPLING_RATE.test(rate), "must be a number from 0 to 1")
    .optional();
}

/** Notes a fault if one of two variables is set without the other. */
export function requirePair<N extends string>(
  reader: EnvReader,
  settings: { readonly [K in N]?: unknown },
  first: N,
  second: N,
): void {
  if ((settings[first] === undefined) === (settings[second] === undefined)) return;
  const [missing, given] = settings[first] === undefined ? [first, second] : [second, first];
  reader.fault(missing, `is required with ${given}`);
}
