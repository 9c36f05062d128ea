import type { ColumnType, Generated } from "kysely";

/**
 * The tables as Kysely sees them, the same in both databases. Their columns are made in `migrations/`. Flags are 0 or 1, dates
 * `YYYY-MM-DD HH:MM:SS` in UTC; columns that end in `_ms` hold Unix milliseconds, and are undefined in rows that other
 * software wrote.
 */
export interface Tables {
  store: RequestTable;
  job: RequestTable;
  entity: RequestTable;
  feature_group: RequestTable;
  features: RequestTable;
  users: UserTable;
  user_tokens: UserTokenTable;
  idempotency_keys: IdempotencyKeyTable;
  audit_log: AuditLogTable;
}

/** Columns of all five tables of requests; which of the optional ones a table has, `requests/places.ts` tells. */
export interface RequestTable {
  request_id: Generated<number>;
  /** JSON: text, or parsed already, depending on the database and the table. */
  payload: ColumnType<unknown, string, string>;
  job_id?: string;
  entity_label?: string;
  feature_group_label?: string;
  request_type?: string;
  created_by: string;
  approved_by: string;
  status: string;
  service: string;
  reject_reason: string;
  created_at: string | null;
  updated_at: string | null;
  attempt: Generated<number>;
  subject: string | null;
  /** Hash of kind and subject while the request waits, else null; unique. */
  waiting_key: string | null;
  created_at_ms: number | null;
  updated_at_ms: number | null;
}

export interface UserTable {
  id: Generated<number>;
  first_name: string;
  last_name: string;
  email: string;
  password_hash: string;
  /** `user` or `admin`. */
  role: string | null;
  is_active: number | null;
  created_at: Generated<string | null>;
  updated_at: string | null;
  /** One of ours; null in rows that other software wrote. */
  control_role: string | null;
  must_change_password: number;
  failed_login_count: number;
  locked_until_ms: number;
}

export interface UserTokenTable {
  id: Generated<number>;
  user_email: string;
  /** A hash of it. */
  token: string;
  created_at: string;
  expires_at: string;
  expires_at_ms: number | null;
}

export interface IdempotencyKeyTable {
  key_hash: string;
  kind: string;
  request_id: number;
  subject: string;
  expires_at_ms: number;
}

export interface AuditLogTable {
  id: Generated<number>;
  at_ms: number;
  actor: string;
  action: string;
  subject: string;
  /** JSON: text, or parsed already. */
  details: ColumnType<unknown, string, string>;
}
