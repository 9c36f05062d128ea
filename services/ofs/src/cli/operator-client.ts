import { ADMIN_TOKEN_HEADER } from "@ofs/http";
import { InvalidArgumentError } from "commander";
import { z } from "zod";
import { CommandError, UsageError } from "./failures.ts";

/** A replay may take most of a minute; the server ends it by itself. */
const DEFAULT_DEADLINE_MS = 60_000;

const errorSchema = z.object({
  error: z.union([
    z.string(),
    z.looseObject({ message: z.string() }).transform(({ message }) => message),
  ]),
});

/** Which service is called, and how. */
export interface OperatorClientOptions {
  /** For people: `consumer`. */
  readonly service: string;
  /** `host:port` or a URL. */
  readonly address: string;
  /** What names another address: a flag and a variable. */
  readonly addressNames: string;
  readonly adminToken?: string | undefined;
  readonly deadlineMs?: number | undefined;
}

/** Talks to the HTTP that a service has for operators. */
export class OperatorClient {
  readonly #origin: string;
  readonly #address: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #deadlineMs: number;
  readonly #options: OperatorClientOptions;

  constructor(options: OperatorClientOptions) {
    const { address, adminToken, deadlineMs } = options;
    this.#options = options;
    this.#address = address;
    this.#origin = address.includes("://") ? address : `http://${address}`;
    this.#headers = adminToken === undefined ? {} : { [ADMIN_TOKEN_HEADER]: adminToken };
    this.#deadlineMs = deadlineMs ?? DEFAULT_DEADLINE_MS;
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

  /** @throws as `get` */
  async delete<S extends z.ZodType>(
    path: string,
    schema: S,
    query: Readonly<Record<string, string | undefined>> = {},
  ): Promise<z.output<S>> {
    return this.#call(withQuery(path, query), { method: "DELETE" }, schema);
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
    if (status >= 300) throw refusal(this.#options.service, status, body);
    const answer = schema.safeParse(body);
    if (answer.success) return answer.data;
    throw new CommandError(`${this.#address} does not answer as a ${this.#options.service} does`);
  }

  async #fetch(path: string, init: RequestInit): Promise<{ status: number; text: string }> {
    try {
      const signal = AbortSignal.timeout(this.#deadlineMs);
      const response = await fetch(this.#origin + path, { ...init, signal });
      return { status: response.status, text: await response.text() };
    } catch (cause) {
      const reason = causeText(cause);
      const { service, addressNames } = this.#options;
      throw new CommandError(
        `no ${service} answers at ${this.#address}: ${reason}\n` +
          `start one with \`npm start\`, or name another with ${addressNames}`,
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

function refusal(service: string, status: number, body: unknown): Error {
  const known = errorSchema.safeParse(body);
  const message = known.success ? known.data.error : `the ${service} answers ${status}`;
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

/** @throws {InvalidArgumentError} */
export function parseAddress(text: string): string {
  const origin = text.includes("://") ? text : `http://${text}`;
  if (/^https?:\/\/[^/?#\s]+$/.test(origin) && URL.canParse(origin)) return text;
  throw new InvalidArgumentError("It must be host:port, or http(s)://host:port.");
}
