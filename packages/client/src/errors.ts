import { status } from "@grpc/grpc-js";

/** Name of a gRPC status, for example `UNAVAILABLE`. */
export type StatusName = Exclude<keyof typeof status, "OK">;

/** Whatever goes wrong in a call: refused here, refused or failed there, or lost on the way. */
export class OfsClientError extends Error {
  override readonly name: string = "OfsClientError";
  /** As in gRPC. `INVALID_ARGUMENT` also for faults that are found before anything is sent. */
  readonly code: StatusName;
  /** What was wrong, without the code: the server's own text where it answered. */
  readonly details: string;

  constructor(code: StatusName, details: string, options?: ErrorOptions) {
    super(`${code}: ${details}`, options);
    this.code = code;
    this.details = details;
  }

  /** The number of `code` in gRPC. */
  get status(): number {
    return status[this.code];
  }
}

/** An answer does not fit the schema that the client knows, also not after fetching it again. */
export class SchemaMismatchError extends OfsClientError {
  override readonly name = "SchemaMismatchError";

  constructor(details: string, options?: ErrorOptions) {
    super("INTERNAL", details, options);
  }
}

/** One row that was not stored. */
export interface RowFailure {
  /** Position in the request's rows. */
  readonly row: number;
  /** `ABORTED` for rows that were not sent, because an earlier batch had failed. */
  readonly error: OfsClientError;
}

/** Not all rows of a persist were stored. Carries the code of the first batch that failed. */
export class PersistError extends OfsClientError {
  override readonly name = "PersistError";
  readonly storedCount: number;
  readonly #failures: readonly RowFailure[];

  constructor(first: OfsClientError, failures: readonly RowFailure[], storedCount: number) {
    const total = storedCount + failures.length;
    super(first.code, `${failures.length} of ${total} rows failed: ${first.details}`, {
      cause: first,
    });
    this.#failures = failures;
    this.storedCount = storedCount;
  }

  /** Every row that is not known to be stored, by position. No field: logs would print thousands. */
  get failures(): readonly RowFailure[] {
    return this.#failures;
  }
}

/** @returns an error for what the caller can mend */
export function invalid(details: string, options?: ErrorOptions): OfsClientError {
  return new OfsClientError("INVALID_ARGUMENT", details, options);
}

/** @returns name of a gRPC status number; `UNKNOWN` for numbers that gRPC does not define, and for 0 */
export function statusName(code: number): StatusName {
  const name = status[code] as keyof typeof status | undefined;
  return name === undefined || name === "OK" ? "UNKNOWN" : name;
}
