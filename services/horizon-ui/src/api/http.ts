import type { z } from "zod";
import { ApiError, errorOfAnswer, messageOf, parseJson } from "./api-error.ts";

/** A slow preview or decision takes a few seconds; more means that something hangs. */
const TIMEOUT_MS = 30_000;
const SIGNED_OUT = 401;

export type QueryValue = string | number | boolean | undefined;

export interface CallOptions {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Undefined and empty values are left out. */
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Statuses other than 2xx whose body is an answer, too. */
  readonly alsoAccept?: readonly number[];
}

export interface Answer<Body> {
  readonly body: Body;
  readonly status: number;
  readonly headers: Headers;
}

/** Calls to the server that the page came from. */
export interface Http {
  /** @throws {ApiError} for every answer other than 2xx, for none, and for one of another shape */
  call<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    options?: CallOptions,
  ): Promise<Answer<z.output<Schema>>>;
}

export interface HttpSurroundings {
  readonly fetch: typeof fetch;
  /** Headers that prove that this page sends the call, and not another site. */
  readonly headers: () => Readonly<Record<string, string>>;
  /** The session is over, or there was none. */
  readonly onSignedOut: () => void;
}

export function createHttp(surroundings: HttpSurroundings): Http {
  return {
    async call(path, schema, options = {}) {
      const response = await send(surroundings, path, options);
      const text = await response.text();
      const { status, headers } = response;
      if (!(response.ok || options.alsoAccept?.includes(status))) {
        if (status === SIGNED_OUT) surroundings.onSignedOut();
        throw errorOfAnswer(status, response.statusText, text);
      }
      const parsed = schema.safeParse(parseJson(text));
      if (parsed.success) return { body: parsed.data, status, headers };
      const [issue] = parsed.error.issues;
      const where = issue === undefined ? "" : `: ${issue.path.join(".")}: ${issue.message}`;
      throw new ApiError(status, `unexpected answer of ${path}${where}`, [], {
        cause: parsed.error,
      });
    },
  };
}

async function send(
  { fetch, headers }: HttpSurroundings,
  path: string,
  { method = "GET", body, query, headers: more, signal }: CallOptions,
): Promise<Response> {
  const signals = [AbortSignal.timeout(TIMEOUT_MS), ...(signal === undefined ? [] : [signal])];
  const init: RequestInit = {
    method,
    credentials: "same-origin",
    signal: AbortSignal.any(signals),
    headers: {
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers(),
      ...more,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  try {
    return await fetch(withQuery(path, query), init);
  } catch (error) {
    if (signal?.aborted) throw error;
    const isTimeout = error instanceof DOMException && error.name === "TimeoutError";
    const why = isTimeout ? `no answer in ${TIMEOUT_MS / 1000} s` : messageOf(error);
    throw new ApiError(0, `the server cannot be reached (${why})`, [], { cause: error });
  }
}

/** Appends what is set of a query. */
export function withQuery(path: string, query: CallOptions["query"] = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") params.set(name, String(value));
  }
  const text = params.toString();
  return text === "" ? path : `${path}?${text}`;
}
