/** Status and message by code, as the clients know them. */
export const ROW_ERRORS = {
  "ENTITY-REGISTRATION-REQUEST-EXCEPTION": { status: 400, message: "invalid request" },
  "ENTITY-SCHEMA-VALIDATION-EXCEPTION": { status: 400, message: "invalid entity schema" },
  "ENTITY-ALREADY-EXISTS-EXCEPTION": { status: 400, message: "entity already exists" },
  "ENTITY-REGISTRATION-ERROR": { status: 500, message: "error while registering entity" },
  "ENTITY-NOT-FOUND-EXCEPTION": { status: 404, message: "entity not found" },
  "UPDATE-ENTITY-REQUEST-EXCEPTION": {
    status: 400,
    message: "entity has feature groups associated with it",
  },
  "ENTITY-STATE-EXCEPTION": { status: 400, message: "entity is archived" },
  "FEATURE-GROUP-REGISTRATION-REQUEST-EXCEPTION": { status: 400, message: "invalid request" },
  "FEATURE-GROUP-INVALID-COLUMN-NAMES-EXCEPTION": {
    status: 400,
    message:
      "either columns with feature names already in the entity table or duplicates in feature column names",
  },
  "FEATURE-GROUP-ALREADY-EXISTS-EXCEPTION": {
    status: 400,
    message: "feature group already exists",
  },
  "VERSIONING-DISABLED-EXCEPTION": {
    status: 400,
    message: "versioning disabled for feature group",
  },
  "FEATURE-GROUP-REGISTRATION-ERROR": {
    status: 500,
    message: "error while registering feature group",
  },
  "FEATURE-GROUP-NOT-FOUND-EXCEPTION": { status: 404, message: "feature group not found" },
  "FEATURE-GROUP-VERSION-NOT-FOUND-EXCEPTION": {
    status: 404,
    message: "feature group version not found",
  },
  "FEATURE-GROUP-SCHEMA-VALIDATION-EXCEPTION": {
    status: 400,
    message: "invalid feature group schema",
  },
  "FEATURE-GROUP-STATE-EXCEPTION": { status: 400, message: "feature group is archived" },
  "WRITE-FEATURE-GROUP-REQUEST-EXCEPTION": { status: 400, message: "invalid request" },
  "READ-FEATURE-GROUP-REQUEST-EXCEPTION": { status: 400, message: "invalid request" },
  "READ-FEATURE-GROUP-PARTITION-REQUEST-EXCEPTION": { status: 400, message: "invalid request" },
  "MULTI-READ-FEATURE-GROUP-REQUEST-EXCEPTION": { status: 400, message: "invalid request" },
  "MULTI-READ-FEATURE-GROUP-INVALID-BATCH-SIZE-EXCEPTION": {
    status: 400,
    message: "number of rows per cannot be greater than 10",
  },
  "SEARCH-ENTITY-REQUEST-EXCEPTION": { status: 400, message: "invalid request" },
  "OFS-V2-ADMIN-SERVICE-EXCEPTION": { status: 400, message: "feature group not found" },
  "OFS-V2-METASTORE-UNAVAILABLE-EXCEPTION": { status: 500, message: "metastore unavailable" },
  "OFS-V2-TENANT-NOT-FOUND-EXCEPTION": { status: 400, message: "tenant not found" },
  "OFS-V2-TENANT-ONBOARDING-EXCEPTION": { status: 500, message: "error onboarding tenant" },
  "OFS-V2-KAFKA-ADMIN-EXCEPTION": { status: 400, message: "invalid request" },
  "OFS-V2-CONSUMER-REGISTRATION-EXCEPTION": {
    status: 500,
    message: "error registering consumer",
  },
  "OFS-V2-CONSUMER-CONFIG-NOT-FOUND-EXCEPTION": {
    status: 400,
    message: "consumer config not found",
  },
  "OFS-V2-KAFKA-CONFIG-NOT-FOUND-EXCEPTION": {
    status: 400,
    message: "kafka config backup not found",
  },
  "OFS-V2-TTL-UPDATE-EXCEPTION": { status: 500, message: "error updating ttl" },
  "METASTORE-RUN-EXCEPTION": { status: 500, message: "error putting metastore run" },
  "DarwinOfsV2-UNKNOWN-EXCEPTION": { status: 500, message: "Something went wrong" },
  /** Mandatory parameters or bodies that are missing or break a rule. */
  INVALID_REQUEST: { status: 400, message: "invalid request" },
  UNKNOWN_EXCEPTION: { status: 500, message: "Something went wrong" },
} as const satisfies Record<string, { readonly status: number; readonly message: string }>;

export type RowErrorCode = keyof typeof ROW_ERRORS;

export interface RowErrorParts {
  /** Default: the code's own. */
  readonly message?: string | undefined;
  /** Default: the message. */
  readonly cause?: string | undefined;
  /** Default: the code's own. */
  readonly status?: number | undefined;
}

/** A failure that the row dialect's clients are told, in the words that they know. */
export class RowError extends Error {
  override readonly name = "RowError";
  readonly code: RowErrorCode;
  /** HTTP. */
  readonly status: number;
  /** What the answer has as `cause`. */
  override readonly cause: string;

  constructor(code: RowErrorCode, message: string, cause: string, status: number) {
    super(message);
    this.code = code;
    this.cause = cause;
    this.status = status;
  }

  static of(code: RowErrorCode, parts: RowErrorParts = {}): RowError {
    const known = ROW_ERRORS[code];
    const message = parts.message ?? known.message;
    return new RowError(code, message, parts.cause ?? message, parts.status ?? known.status);
  }
}
