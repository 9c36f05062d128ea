/** The one place where a failure class gets its wire status. Order follows the gRPC numbers. */
const STATUS_BY_CODE = {
  CANCELLED: { grpc: 1, http: 408, name: "Canceled", isRetryable: false },
  INVALID_ARGUMENT: { grpc: 3, http: 400, name: "InvalidArgument", isRetryable: false },
  DEADLINE_EXCEEDED: { grpc: 4, http: 504, name: "DeadlineExceeded", isRetryable: true },
  NOT_FOUND: { grpc: 5, http: 404, name: "NotFound", isRetryable: false },
  ALREADY_EXISTS: { grpc: 6, http: 409, name: "AlreadyExists", isRetryable: false },
  PERMISSION_DENIED: { grpc: 7, http: 403, name: "PermissionDenied", isRetryable: false },
  RESOURCE_EXHAUSTED: { grpc: 8, http: 429, name: "ResourceExhausted", isRetryable: true },
  FAILED_PRECONDITION: { grpc: 9, http: 412, name: "FailedPrecondition", isRetryable: false },
  ABORTED: { grpc: 10, http: 409, name: "Aborted", isRetryable: true },
  OUT_OF_RANGE: { grpc: 11, http: 400, name: "OutOfRange", isRetryable: false },
  UNIMPLEMENTED: { grpc: 12, http: 501, name: "Unimplemented", isRetryable: false },
  INTERNAL: { grpc: 13, http: 500, name: "Internal", isRetryable: false },
  UNAVAILABLE: { grpc: 14, http: 503, name: "Unavailable", isRetryable: true },
  UNAUTHENTICATED: { grpc: 16, http: 401, name: "Unauthenticated", isRetryable: false },
} as const satisfies Record<
  string,
  { grpc: number; http: number; name: string; isRetryable: boolean }
>;

/** Failure classes of the fleet, named after the gRPC status they become. */
export type ErrorCode = keyof typeof STATUS_BY_CODE;

/** Base of every error the fleet throws on purpose. Its message is sent to the caller. */
export class FeatureStoreError extends Error {
  override readonly name: string = "FeatureStoreError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  get isRetryable(): boolean {
    return STATUS_BY_CODE[this.code].isRetryable;
  }
}

export interface WireStatus {
  readonly code: ErrorCode;
  readonly grpc: number;
  readonly http: number;
  /** As Go's status codes print: `InvalidArgument`. */
  readonly name: string;
  readonly message: string;
}

/** Anything not thrown on purpose becomes INTERNAL with a fixed text: causes are logged, not sent. */
export function toWireStatus(error: unknown): WireStatus {
  if (error instanceof FeatureStoreError) {
    return { code: error.code, ...statusOf(error.code), message: error.message };
  }
  return { code: "INTERNAL", ...statusOf("INTERNAL"), message: "internal error" };
}

function statusOf(code: ErrorCode): { grpc: number; http: number; name: string } {
  const { grpc, http, name } = STATUS_BY_CODE[code];
  return { grpc, http, name };
}
