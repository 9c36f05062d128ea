import { ADMIN_TOKEN_HEADER } from "@ofs/http";
import { type ErrorCode, FeatureStoreError } from "@ofs/platform";
import { z } from "zod";
import type { FieldProblem } from "../auth/field-problems.ts";
import { jsonOf, reachFailureText, readBounded, shortened } from "../bounded-answer.ts";

/** A thousand runs with long errors. */
const ANSWER_BYTES_MAX = 16 * 1024 * 1024;

/** The connection was never made: the call may be sent to another instance, whatever it does. */
const NEVER_SENT = [
  "ECONNREFUSED",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "UND_ERR_CONNECT_TIMEOUT",
];

/** Failures that the call has brought about; all others mean that the populator is in no state to answer. */
const CODE_BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: "INVALID_ARGUMENT",
  404: "NOT_FOUND",
  409: "ABORTED",
  412: "FAILED_PRECONDITION",
  413: "OUT_OF_RANGE",
  429: "RESOURCE_EXHAUSTED",
  504: "DEADLINE_EXCEEDED",
};

const failureSchema = z.object({
  error: z.union([
    z.string().transform((message) => ({ message, columns: [], fields: [] })),
    z.object({
      message: z.string(),
      columns: z.array(z.object({ column: z.string(), reason: z.string() })).default([]),
      fields: z.array(z.object({ field: z.string(), message: z.string() })).default([]),
    }),
  ]),
});

/** What the populator has refused, with the fields and columns that are at fault. */
export class PopulatorRefusal extends FeatureStoreError {
  override readonly name = "PopulatorRefusal";
  /** Columns of the table are `columns.<name>`. */
  readonly problems: readonly FieldProblem[];

  constructor(code: ErrorCode, message: string, problems: readonly FieldProblem[]) {
    super(code, message);
    this.problems = problems;
  }
}

export interface PopulatorCall {
  readonly method: "GET" | "POST" | "DELETE";
  /** Of the populator's port: `/table/list`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly timeoutMs: number;
}

export interface PopulatorClientOptions {
  /** Origins of populators; each of them knows all runs. */
  readonly urls: readonly string[];
  /** undefined: they admit programs of this machine. */
  readonly token: string | undefined;
}

/** Calls the first populator that can be reached. */
export class PopulatorClient {
  readonly #options: PopulatorClientOptions;

  constructor(options: PopulatorClientOptions) {
    this.#options = options;
  }

  get isConfigured(): boolean {
    return this.#options.urls.length > 0;
  }

  /**
   * @param schema of the answer's `data`
   * @throws {PopulatorRefusal} for what the populator refuses
   * @throws {FeatureStoreError} FAILED_PRECONDITION if none is configured, UNAVAILABLE if none answers as it should
   */
  async call<Schema extends z.ZodType>(
    call: PopulatorCall,
    schema: Schema,
  ): Promise<z.output<Schema>> {
    const { urls } = this.#options;
    if (urls.length === 0) {
      const reason = "no populator is configured: name one in HORIZON_FLEET_SERVICES";
      throw new FeatureStoreError("FAILED_PRECONDITION", reason);
    }
    const failures: string[] = [];
    for (const url of urls) {
      try {
        return await this.#callOne(url, call, schema);
      } catch (error) {
        if (error instanceof FeatureStoreError) throw error;
        failures.push(`${url}: ${reachFailureText(error, call.timeoutMs)}`);
        // What was sent may have been done: only a look is repeated elsewhere.
        if (call.method !== "GET" && !wasNeverSent(error)) break;
      }
    }
    const reason = `the populator does not answer (${failures.join("; ")})`;
    throw new FeatureStoreError("UNAVAILABLE", reason);
  }

  async #callOne<Schema extends z.ZodType>(
    origin: string,
    call: PopulatorCall,
    schema: Schema,
  ): Promise<z.output<Schema>> {
    const { token } = this.#options;
    const url = new URL(call.path, origin);
    for (const [name, value] of Object.entries(call.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const response = await fetch(url, {
      method: call.method,
      headers: {
        ...(token === undefined ? {} : { [ADMIN_TOKEN_HEADER]: token }),
        ...(call.body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      redirect: "error",
      signal: AbortSignal.timeout(call.timeoutMs),
    });
    const body = jsonOf(await readBounded(response, ANSWER_BYTES_MAX));
    if (!response.ok) throw failureOf(origin, response.status, body);
    const parsed = schema.safeParse((body as { data?: unknown } | undefined | null)?.data);
    if (parsed.success) return parsed.data;
    const reason = `${origin}${call.path} answered nothing that a populator answers`;
    throw new FeatureStoreError("UNAVAILABLE", reason);
  }
}

function failureOf(origin: string, status: number, body: unknown): FeatureStoreError {
  const parsed = failureSchema.safeParse(body);
  const { message, columns, fields } = parsed.success
    ? parsed.data.error
    : { message: "", columns: [], fields: [] };
  // Never 401: it would end the session of whoever asks.
  if (status === 401 || status === 403) {
    const reason = `populator ${origin} does not admit the control plane (${shortened(message)}): HORIZON_POPULATOR_ADMIN_TOKEN must be its ADMIN_TOKEN`;
    return new FeatureStoreError("UNAVAILABLE", reason);
  }
  const code = CODE_BY_STATUS[status];
  if (code === undefined || message === "") {
    const said = message === "" ? "" : `: ${shortened(message)}`;
    return new FeatureStoreError("UNAVAILABLE", `populator ${origin} answered ${status}${said}`);
  }
  return new PopulatorRefusal(code, message, [
    ...fields.map((each) => ({ ...each, reason: "invalid" as const })),
    ...columns.map(({ column, reason }) => ({
      field: `columns.${column}`,
      message: reason,
      reason: "invalid" as const,
    })),
  ]);
}

function wasNeverSent(error: unknown): boolean {
  const { cause } = error as { cause?: { code?: unknown } };
  return NEVER_SENT.some((code) => code === cause?.code);
}
