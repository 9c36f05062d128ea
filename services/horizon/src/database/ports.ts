import type { ChangeKind } from "../changes/model.ts";

export const REQUEST_STATUSES = [
  "PENDING APPROVAL",
  "APPLYING",
  "APPROVED",
  "REJECTED",
  "FAILED",
] as const;
export type RequestStatus = (typeof REQUEST_STATUSES)[number];

/** A request for a change, as it is stored. Ids count per table: `store`, `job`, `entity`, `feature_group`, `features`. */
export interface ChangeRequest {
  readonly id: number;
  readonly kind: ChangeKind;
  /** As it was sent, with `user-id` and `role` filled in; secrets are left out once the request is over. */
  readonly payload: Readonly<Record<string, unknown>>;
  readonly createdBy: string;
  /** Empty until decided. */
  readonly approvedBy: string;
  readonly status: RequestStatus;
  /** Why it was rejected, or has failed. */
  readonly rejectReason: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** Grows with each change of status: what a replica that applies it compares. */
  readonly attempt: number;
}

export interface NewChangeRequest {
  readonly kind: ChangeKind;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly createdBy: string;
  /** What the request is about, for example `user` or `user/core`; one kind and subject may wait only once. */
  readonly subject: string;
  /** Of the `Idempotency-Key` header, with who sent it; undefined without one. */
  readonly idempotencyKey: string | undefined;
}

/** Outcome of submitting: made now, made earlier with the same key, or refused because one for the subject waits. */
export type Submitted =
  | { readonly request: ChangeRequest; readonly isRepeated: boolean }
  | { readonly waiting: ChangeRequest };

export interface RequestFilter {
  readonly kinds: readonly ChangeKind[];
  readonly createdBy?: string;
  readonly statuses?: readonly RequestStatus[];
  /** Found in labels, creator or approver. */
  readonly search?: string;
  readonly offset?: number;
  /** Default all; at most 10 000 where given. */
  readonly limit?: number;
}

/** Requests, over both databases. Times are UTC. All methods throw FeatureStoreError UNAVAILABLE when the database is away. */
export interface RequestRepository {
  submit(request: NewChangeRequest): Promise<Submitted>;
  find(kind: ChangeKind, id: number): Promise<ChangeRequest | undefined>;
  /** @returns what this person has sent with this key, in whatever status it is now */
  findByIdempotencyKey(
    createdBy: string,
    idempotencyKey: string,
  ): Promise<ChangeRequest | undefined>;
  /** Newest first. @returns one page, and how many there are in all */
  list(
    filter: RequestFilter,
  ): Promise<{ readonly requests: ChangeRequest[]; readonly total: number }>;
  /**
   * The gate: moves a request from one status to another if it still has the former (and the attempt, where given).
   *
   * @returns the request as it is now; undefined if somebody else was first
   */
  move(
    request: Pick<ChangeRequest, "kind" | "id">,
    from: RequestStatus,
    to: RequestStatus,
    change: {
      readonly approvedBy?: string;
      readonly rejectReason?: string;
      readonly attempt?: number;
      readonly payload?: Readonly<Record<string, unknown>>;
    },
  ): Promise<ChangeRequest | undefined>;
  /** In APPLYING since before then: a process has died over them, or works on them for very long. */
  stuck(beforeMs: number): Promise<ChangeRequest[]>;
}

export const ROLES = ["viewer", "author", "approver", "admin"] as const;
export type Role = (typeof ROLES)[number];

export interface User {
  readonly id: number;
  readonly firstName: string;
  readonly lastName: string;
  /** In lower case. */
  readonly email: string;
  readonly passwordHash: string;
  /** The column `role` holds `user` or `admin`, as existing readers expect; this one is ours. */
  readonly role: Role;
  readonly isActive: boolean;
  readonly mustChangePassword: boolean;
  readonly failedLoginCount: number;
  readonly lockedUntilMs: number;
}

export interface UserRepository {
  /** @returns undefined if the email is taken */
  create(user: Omit<User, "id">): Promise<User | undefined>;
  findByEmail(email: string): Promise<User | undefined>;
  list(): Promise<User[]>;
  /** @returns undefined if there is none */
  update(email: string, change: Partial<Omit<User, "id" | "email">>): Promise<User | undefined>;
  /** Adds one failure at once, whoever else does. @returns failures in a row now */
  countFailedLogin(email: string): Promise<number>;
  activeAdminCount(): Promise<number>;
}

/** Signed-in sessions; only hashes of tokens are stored. */
export interface SessionRepository {
  create(session: {
    readonly tokenHash: string;
    readonly email: string;
    readonly expiresAtMs: number;
  }): Promise<void>;
  /** @returns whose session it is, if it is one and has not expired */
  findEmail(tokenHash: string, nowMs: number): Promise<string | undefined>;
  delete(tokenHash: string): Promise<void>;
  deleteOf(email: string): Promise<number>;
  deleteExpired(nowMs: number): Promise<number>;
}

export interface AuditEntry {
  readonly id: number;
  readonly atMs: number;
  /** Email, or `job:<id>`, or `system`. */
  readonly actor: string;
  /** For example `request.submitted`, `request.approved`, `user.updated`, `login.failed`. */
  readonly action: string;
  /** What it was done to, for example `feature-group user/core`. */
  readonly subject: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface AuditRepository {
  add(entry: Omit<AuditEntry, "id">): Promise<void>;
  list(filter: {
    readonly actor?: string;
    readonly action?: string;
    readonly subject?: string;
    readonly beforeId?: number;
    readonly limit: number;
  }): Promise<AuditEntry[]>;
}

/** The control plane's database: MySQL or MariaDB, or the embedded one. */
export interface Database {
  readonly requests: RequestRepository;
  readonly users: UserRepository;
  readonly sessions: SessionRepository;
  readonly audit: AuditRepository;
  /** Cheap. @throws {FeatureStoreError} UNAVAILABLE */
  ping(): Promise<void>;
  close(): Promise<void>;
}
