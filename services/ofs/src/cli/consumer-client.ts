import { type Command, InvalidArgumentError, Option } from "commander";
import { z } from "zod";
import { CommandError, UsageError } from "./failures.ts";

export const DEFAULT_CONSUMER_ADDRESS = "127.0.0.1:8090";

const TOKEN_HEADER = "ofs-admin-token";

/** A replay may take most of a minute; the server ends it by itself. */
const DEFAULT_DEADLINE_MS = 60_000;

/** Options of every command that calls the consumer. */
export interface ConsumerFlags {
  readonly consumer: string;
  readonly adminToken?: string;
  readonly deadline?: number;
}

/** Adds the options to one command. Each can also be set by an environment variable. */
export function addConsumerOptions(command: Command, env: NodeJS.ProcessEnv): Command {
  const { OFS_CONSUMER_ADDRESS: address, OFS_ADMIN_TOKEN: secret } = env;
  const token = new Option(
    "--admin-token <token>",
    "the consumer's ADMIN_TOKEN (env: OFS_ADMIN_TOKEN)",
  );
  // It is a secret: help must not show it.
  if (secret) token.default(secret, "from the environment");
  return command
    .addOption(
      new Option("--consumer <address>", "host:port or URL (env: OFS_CONSUMER_ADDRESS)")
        .default(address || DEFAULT_CONSUMER_ADDRESS)
        .argParser(parseAddress),
    )
    .addOption(token);
}

const errorSchema = z.object({ error: z.string() });

/** Talks to the consumer's HTTP. */
export class ConsumerClient {
  readonly #origin: string;
  readonly #address: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #deadlineMs: number;

  constructor({ consumer, adminToken, deadline }: ConsumerFlags) {
    this.#address = consumer;
    this.#origin = consumer.includes("://") ? consumer : `http://${consumer}`;
    this.#headers = adminToken === undefined ? {} : { [TOKEN_HEADER]: adminToken };
    this.#deadlineMs = deadline ?? DEFAULT_DEADLINE_MS;
  }

  /** @throws {CommandError} if it cannot be reached or refuses; {UsageError} if the request is wrong */
  async get<S extends z.ZodType>(
    path: string,
    schema: S,
    query: Readonly<Record<string, string | undefined>> = {},
  ): Promise<z.output<S>> {
    return this.#call(withQuery(path, query), {}, schema);
  }

  /** @throws as `get` */
  async post<S extends z.ZodType>(
    path: string,
    schema: S,
    contentType: string,
    body: string | Uint8Array,
    query: Readonly<Record<string, string | undefined>> = {},
  ): Promise<z.output<S>> {
    const headers = { "content-type": contentType };
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    return this.#call(withQuery(path, query), { method: "POST", headers, body: bytes }, schema);
  }

  async #call<S extends z.ZodType>(
    path: string,
    init: RequestInit & { readonly headers?: Record<string, string> },
    schema: S,
  ): Promise<z.output<S>> {
    const { status, text } = await this.#fetch(path, {
      ...init,
      headers: { ...this.#headers, ...init.headers },
    });
    const body = parseBody(text);
    if (status >= 300) throw refusal(status, body);
    const answer = schema.safeParse(body);
    if (answer.success) return answer.data;
    throw new CommandError(`${this.#address} does not answer as a consumer does`);
  }

  async #fetch(path: string, init: RequestInit): Promise<{ status: number; text: string }> {
    try {
      const signal = AbortSignal.timeout(this.#deadlineMs);
      const response = await fetch(this.#origin + path, { ...init, signal });
      return { status: response.status, text: await response.text() };
    } catch (cause) {
      const reason = causeText(cause);
      throw new CommandError(
        `no consumer answers at ${this.#address}: ${reason}\n` +
          "start one with `npm start`, or name another with --consumer or OFS_CONSUMER_ADDRESS",
        { cause },
      );
    }
  }
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // and then it fits no schema
  }
}

function refusal(status: number, body: unknown): Error {
  const known = errorSchema.safeParse(body);
  const message = known.success ? known.data.error : `the consumer answers ${status}`;
  return status === 400 ? new UsageError(message) : new CommandError(message);
}

function causeText(error: unknown): string {
  const { cause, message } = error as Error;
  if (cause instanceof AggregateError) return causeText(cause.errors[0]);
  return cause instanceof Error ? cause.message : message;
}

function withQuery(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as [string, string]],
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

function parseAddress(text: string): string {
  const origin = text.includes("://") ? text : `http://${text}`;
  if (/^https?:\/\/[^/?#\s]+$/.test(origin) && URL.canParse(origin)) return text;
  throw new InvalidArgumentError("It must be host:port, or http(s)://host:port.");
}
