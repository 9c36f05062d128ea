import type { CallLimits } from "./call-limits.ts";
import { OfsClientError, SchemaMismatchError, type StatusName } from "./errors.ts";
import type { EntitySchema } from "./schema.ts";
import type { SchemaCache } from "./schema-cache.ts";

/** What a call came to: it may have failed in part. */
export interface Outcome<T> {
  readonly value: T | undefined;
  /** The first failure. */
  readonly error: OfsClientError | undefined;
  /** Whether the call may be made once more after that failure. */
  readonly isRepeatable: boolean;
}

/** Failures that an outdated schema may be the cause of. */
const DOUBTFUL: ReadonlySet<StatusName> = new Set([
  "INVALID_ARGUMENT",
  "NOT_FOUND",
  "FAILED_PRECONDITION",
]);

/**
 * Makes a call that needs the entity's schema. If it fails in a way that an outdated schema explains, and there
 * is a newer one, the call is made once more.
 *
 * @throws {OfsClientError} if the schema cannot be loaded
 */
export async function runWithSchema<T>(
  schemas: SchemaCache,
  entityLabel: string,
  limits: CallLimits,
  run: (schema: EntitySchema) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const schema = await schemas.get(entityLabel, limits);
  const outcome = await settle(() => run(schema));
  if (outcome.error === undefined || !outcome.isRepeatable || !isDoubtful(outcome.error)) {
    return outcome;
  }
  const current = await schemas.refresh(schema, limits);
  return current === schema ? outcome : settle(() => run(current));
}

function isDoubtful(error: OfsClientError): boolean {
  return error instanceof SchemaMismatchError || DOUBTFUL.has(error.code);
}

/** What is thrown before anything is sent is an outcome, too. */
async function settle<T>(run: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof OfsClientError)) throw error;
    return { value: undefined, error, isRepeatable: true };
  }
}
