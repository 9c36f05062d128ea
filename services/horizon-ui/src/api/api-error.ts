import { z } from "zod";

/** What is wrong with one field of a change, as the server says it. */
export interface Problem {
  /** Where in the payload, for example `features.2.default-values`; empty for the change as a whole. */
  readonly field: string;
  readonly message: string;
  readonly reason: string;
}

export const problemSchema = z.object({
  field: z.string().default(""),
  message: z.string(),
  reason: z.string().default("invalid"),
});

/** The row dialect's failures. */
const rowErrorSchema = z
  .object({ message: z.string(), cause: z.string().optional() })
  .transform(({ message, cause = message }) =>
    cause === message || cause === "" ? message : `${message}: ${cause}`,
  );

const errorBodySchema = z.object({
  error: z.union([z.string(), rowErrorSchema]).optional(),
  message: z.string().optional(),
  problems: z.array(problemSchema).optional(),
});

/** An answer other than 2xx, or none at all. The message is fit to be shown. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** Of HTTP; 0 if there was no answer. */
  readonly status: number;
  readonly problems: readonly Problem[];

  constructor(
    status: number,
    message: string,
    problems: readonly Problem[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.status = status;
    this.problems = problems;
  }
}

/** @param text of the body, whatever it is */
export function errorOfAnswer(status: number, statusText: string, text: string): ApiError {
  const body = errorBodySchema.safeParse(parseJson(text));
  const said = body.success ? (body.data.error ?? body.data.message) : undefined;
  const message = said ?? `the server answered ${status} ${statusText}`.trim();
  return new ApiError(status, message, body.data?.problems ?? []);
}

/** @returns undefined if it is no JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a page of a proxy in between, for example
  }
}

/** What to show of something thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
