import { choice, type EnvReader, text } from "@ofs/platform";
import { requireBoth } from "./registry-settings.ts";

/** How Kafka's brokers are told who calls, and how that is kept from others. */
export const KAFKA_SECURITY_VARIABLES = {
  SECURITY_PROTOCOL: choice("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL").default("PLAINTEXT"),
  SASL_MECHANISM: choice("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512").default("PLAIN"),
  SASL_USERNAME: text().optional(),
  SASL_PASSWORD: text().optional(),
  TLS_CA_FILE: text().optional(),
  TLS_CERT_FILE: text().optional(),
  TLS_KEY_FILE: text().optional(),
} as const;

type TextName = Exclude<
  keyof typeof KAFKA_SECURITY_VARIABLES,
  "SECURITY_PROTOCOL" | "SASL_MECHANISM"
>;

/** What was read of {@link KAFKA_SECURITY_VARIABLES}. */
export type KafkaSecurityEnv = { readonly [K in TextName]?: string | undefined } & {
  readonly SECURITY_PROTOCOL: "PLAINTEXT" | "SSL" | "SASL_PLAINTEXT" | "SASL_SSL";
  readonly SASL_MECHANISM: "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512";
};

/** Files in PEM form; without an authority the system's count. */
export interface KafkaTlsFiles {
  readonly caFile: string | undefined;
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
}

export interface KafkaLogin {
  readonly mechanism: "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512";
  readonly username: string;
  readonly password: string;
}

/** undefined: none. */
export interface KafkaSecurity {
  readonly tls: KafkaTlsFiles | undefined;
  readonly sasl: KafkaLogin | undefined;
}

/**
 * Faults go to the reader.
 *
 * @param prefix before the variables' names
 */
export function readKafkaSecurity(
  reader: EnvReader,
  env: KafkaSecurityEnv,
  prefix: string,
): KafkaSecurity {
  requireBoth(reader, env, "TLS_CERT_FILE", "TLS_KEY_FILE", prefix);
  const hasTls = env.SECURITY_PROTOCOL === "SSL" || env.SECURITY_PROTOCOL === "SASL_SSL";
  const files = {
    caFile: env.TLS_CA_FILE,
    certFile: env.TLS_CERT_FILE,
    keyFile: env.TLS_KEY_FILE,
  };
  if (!hasTls && (files.caFile ?? files.certFile) !== undefined) {
    reader.fault(`${prefix}SECURITY_PROTOCOL`, "must be SSL or SASL_SSL where TLS files are named");
  }
  return { tls: hasTls ? files : undefined, sasl: readLogin(reader, env, prefix) };
}

function readLogin(
  reader: EnvReader,
  env: KafkaSecurityEnv,
  prefix: string,
): KafkaLogin | undefined {
  const { SECURITY_PROTOCOL: protocol, SASL_USERNAME: username, SASL_PASSWORD: password } = env;
  if (protocol !== "SASL_SSL" && protocol !== "SASL_PLAINTEXT") return undefined;
  for (const name of ["SASL_USERNAME", "SASL_PASSWORD"] as const) {
    if (env[name] === undefined) {
      reader.fault(prefix + name, `is required with ${prefix}SECURITY_PROTOCOL`);
    }
  }
  if (username === undefined || password === undefined) return undefined;
  return { mechanism: env.SASL_MECHANISM, username, password };
}
