import { readFileSync } from "node:fs";
import { createClient, type OfsClient, type RetryOptions, type TlsOptions } from "@ofs/client";
import { type Command, InvalidArgumentError, Option } from "commander";
import { UsageError } from "./failures.ts";

export const DEFAULT_ADDRESS = "127.0.0.1:8089";

/** Caller of the sample registry, and its token. */
export const SAMPLE_CALLER = "quickstart";

/** For loads of many rows: a busy server takes the rest a little later. */
export const BULK_RETRY = { attempts: 100, baseDelayMs: 50, maxDelayMs: 2_000, overload: true };

const MAX_DEADLINE_MS = 3_600_000;

/** Options of every command that calls a server. */
export interface ConnectionFlags {
  readonly address: string;
  readonly callerId: string;
  readonly token: string;
  readonly deadline?: number;
  readonly tls?: boolean;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsServerName?: string;
}

/** Adds the options to the program. Each can also be set by an environment variable. */
export function addConnectionOptions(program: Command, env: NodeJS.ProcessEnv): void {
  const option = (flags: string, text: string, variable: string, fallback?: string): Option => {
    const made = new Option(flags, `${text} (env: ${variable})`);
    const value = env[variable] || fallback;
    return value === undefined ? made : made.default(value);
  };
  const token = option("--token <token>", "the caller's token", "OFS_TOKEN", SAMPLE_CALLER);
  // The default may be a secret from the environment: help must not show it.
  const { OFS_TOKEN: secret } = env;
  if (secret) token.default(secret, "from the environment");
  program
    .addOption(option("--address <host:port>", "server", "OFS_ADDRESS", DEFAULT_ADDRESS))
    .addOption(option("--caller-id <id>", "who calls", "OFS_CALLER_ID", SAMPLE_CALLER))
    .addOption(token)
    .addOption(
      new Option("--deadline <ms>", "time for a call (default: 5000, put 30000)").argParser(
        parseDeadline,
      ),
    )
    .addOption(new Option("--tls", "talk TLS, with the system's root certificates"))
    .addOption(option("--tls-ca <file>", "root certificates, PEM", "OFS_TLS_CA"))
    .addOption(option("--tls-cert <file>", "own certificate, PEM", "OFS_TLS_CERT"))
    .addOption(option("--tls-key <file>", "its key, PEM", "OFS_TLS_KEY"))
    .addOption(
      option("--tls-server-name <name>", "name in the certificate", "OFS_TLS_SERVER_NAME"),
    );
}

/** @throws {UsageError} for files that cannot be read; {OfsClientError} for options that make no sense */
export function connect(
  flags: ConnectionFlags,
  defaultDeadlineMs: number,
  retry: RetryOptions = {},
): OfsClient {
  const tls = tlsOptions(flags);
  return createClient({
    address: flags.address,
    callerId: flags.callerId,
    callerToken: flags.token,
    deadlineMs: flags.deadline ?? defaultDeadlineMs,
    retry,
    ...(tls === undefined ? {} : { tls }),
  });
}

function tlsOptions(flags: ConnectionFlags): TlsOptions | undefined {
  const { tls, tlsCa, tlsCert, tlsKey, tlsServerName } = flags;
  if (tls !== true && !tlsCa && !tlsCert && !tlsKey && !tlsServerName) return undefined;
  return {
    ...(tlsCa === undefined ? {} : { ca: readPem("--tls-ca", tlsCa) }),
    ...(tlsCert === undefined ? {} : { cert: readPem("--tls-cert", tlsCert) }),
    ...(tlsKey === undefined ? {} : { key: readPem("--tls-key", tlsKey) }),
    ...(tlsServerName === undefined ? {} : { serverName: tlsServerName }),
  };
}

function readPem(flag: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new UsageError(`${flag} ${file}: ${(cause as Error).message}`, { cause });
  }
}

function parseDeadline(text: string): number {
  const ms = Number(text);
  if (Number.isInteger(ms) && ms >= 1 && ms <= MAX_DEADLINE_MS) return ms;
  throw new InvalidArgumentError(`It must be milliseconds from 1 to ${MAX_DEADLINE_MS}.`);
}
