import type { AdminWorld } from "./admin-world.ts";

export type Method = "GET" | "POST" | "PUT";

/** One call, and the whole of what it is answered. */
export interface Step {
  readonly title: string;
  readonly call: readonly [
    method: Method,
    url: string,
    body?: object | string | undefined,
    headers?: Record<string, string>,
  ];
  /** Default 200. */
  readonly status?: number;
  /** Compared member by member; a text is compared with the bytes. */
  readonly answer: unknown;
  /** What the answer is compared by. Default: itself, as JSON. */
  readonly read?: (answer: unknown) => unknown;
  readonly before?: (world: AdminWorld) => Promise<unknown>;
  /** Whatever became of the call. */
  readonly after?: (world: AdminWorld) => Promise<unknown>;
  /** What the registry has then, by path; undefined: nothing. */
  readonly published?: Readonly<Record<string, unknown>>;
}

/** Steps that go one after the other. */
export interface Chapter {
  readonly title: string;
  readonly steps: readonly Step[];
}

/** The codes that the control plane answers, with their status and own message, as clients know them. */
export const CATALOGUE = {
  "ENTITY-REGISTRATION-REQUEST-EXCEPTION": [400, "invalid request"],
  "ENTITY-SCHEMA-VALIDATION-EXCEPTION": [400, "invalid entity schema"],
  "ENTITY-ALREADY-EXISTS-EXCEPTION": [400, "entity already exists"],
  "ENTITY-REGISTRATION-ERROR": [500, "error while registering entity"],
  "ENTITY-NOT-FOUND-EXCEPTION": [404, "entity not found"],
  "UPDATE-ENTITY-REQUEST-EXCEPTION": [400, "entity has feature groups associated with it"],
  "ENTITY-STATE-EXCEPTION": [400, "entity is archived"],
  "FEATURE-GROUP-REGISTRATION-REQUEST-EXCEPTION": [400, "invalid request"],
  "FEATURE-GROUP-INVALID-COLUMN-NAMES-EXCEPTION": [
    400,
    "either columns with feature names already in the entity table or duplicates in feature column names",
  ],
  "FEATURE-GROUP-ALREADY-EXISTS-EXCEPTION": [400, "feature group already exists"],
  "VERSIONING-DISABLED-EXCEPTION": [400, "versioning disabled for feature group"],
  "FEATURE-GROUP-REGISTRATION-ERROR": [500, "error while registering feature group"],
  "FEATURE-GROUP-NOT-FOUND-EXCEPTION": [404, "feature group not found"],
  "FEATURE-GROUP-STATE-EXCEPTION": [400, "feature group is archived"],
  "SEARCH-ENTITY-REQUEST-EXCEPTION": [400, "invalid request"],
  "OFS-V2-TENANT-NOT-FOUND-EXCEPTION": [400, "tenant not found"],
  "OFS-V2-TENANT-ONBOARDING-EXCEPTION": [500, "error onboarding tenant"],
  "OFS-V2-KAFKA-ADMIN-EXCEPTION": [400, "invalid request"],
  "OFS-V2-CONSUMER-REGISTRATION-EXCEPTION": [500, "error registering consumer"],
  "OFS-V2-CONSUMER-CONFIG-NOT-FOUND-EXCEPTION": [400, "consumer config not found"],
  "OFS-V2-KAFKA-CONFIG-NOT-FOUND-EXCEPTION": [400, "kafka config backup not found"],
  "OFS-V2-TTL-UPDATE-EXCEPTION": [500, "error updating ttl"],
  "METASTORE-RUN-EXCEPTION": [500, "error putting metastore run"],
  "DarwinOfsV2-UNKNOWN-EXCEPTION": [500, "Something went wrong"],
  INVALID_REQUEST: [400, "invalid request"],
  UNKNOWN_EXCEPTION: [500, "Something went wrong"],
} as const satisfies Record<string, readonly [status: number, message: string]>;

export type Code = keyof typeof CATALOGUE;

interface FailureParts {
  readonly message?: string;
  readonly cause?: unknown;
  readonly status?: number;
}

/** Status and answer of a failure; the message is in the cause too, unless that says more. */
export function fails(code: Code, parts: FailureParts = {}): Pick<Step, "status" | "answer"> {
  const [ownStatus, ownMessage] = CATALOGUE[code];
  const { message = ownMessage, status = ownStatus } = parts;
  return { status, answer: { error: { message, cause: parts.cause ?? message, code } } };
}

/** A member or parameter that is missing or breaks a rule. */
export function violates(message: string): Pick<Step, "status" | "answer"> {
  return fails("INVALID_REQUEST", { message, cause: "Constraint Violation" });
}

const START_MS = Date.now() - 1_000;

/** A time of this run in milliseconds, of whole seconds. */
export const TIME = {
  asymmetricMatch: (value: unknown): boolean =>
    typeof value === "number" &&
    value % 1_000 === 0 &&
    value >= START_MS - (START_MS % 1_000) &&
    value <= Date.now(),
  toString: () => "a time of this run",
};

/** Some text, perhaps with this one in it. */
export function textWith(part = ""): unknown {
  return {
    asymmetricMatch: (value: unknown): boolean =>
      typeof value === "string" && value !== "" && value.includes(part),
    toString: () => `a text with ${JSON.stringify(part)}`,
  };
}
