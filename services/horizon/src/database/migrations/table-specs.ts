import type { ColumnSpec, IndexSpec, TableSpec } from "@ofs/database";

const text = (length: number, rules = "NOT NULL"): ColumnSpec => ({
  mysql: `varchar(${length}) ${rules}`,
  embedded: `text ${rules}`,
});
const number = (rules: string): ColumnSpec => ({
  mysql: `bigint ${rules}`,
  embedded: `integer ${rules}`,
});
const bigId: ColumnSpec = {
  mysql: "bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY",
  embedded: "integer PRIMARY KEY AUTOINCREMENT",
};
const now = "DEFAULT CURRENT_TIMESTAMP";
const createdAt: ColumnSpec = { mysql: `datetime ${now}`, embedded: `text ${now}` };
const updatedAt: ColumnSpec = {
  mysql: `datetime ${now} ON UPDATE CURRENT_TIMESTAMP`,
  embedded: `text ${now}`,
};
const json: ColumnSpec = { mysql: "json NOT NULL", embedded: "text NOT NULL" };
const longText: ColumnSpec = { mysql: "text NOT NULL", embedded: "text NOT NULL" };
const hash = (rules: string): ColumnSpec => ({
  mysql: `char(64) CHARACTER SET ascii COLLATE ascii_bin ${rules}`,
  embedded: `text ${rules}`,
});

function requestTable(
  payload: ColumnSpec,
  labels: readonly ("job_id" | "entity_label" | "feature_group_label" | "request_type")[],
): TableSpec {
  const id: ColumnSpec = {
    mysql: "int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY",
    embedded: "integer PRIMARY KEY AUTOINCREMENT",
  };
  return {
    columns: {
      request_id: id,
      ...Object.fromEntries(labels.map((label) => [label, text(255)])),
      payload,
      created_by: text(255),
      approved_by: text(255),
      status: text(255),
      service: text(255),
      reject_reason: text(255),
      created_at: createdAt,
      updated_at: updatedAt,
    },
  };
}

/** Those that other software reads and may have made: names, types and meanings stay. */
export const SHARED_TABLES: Readonly<Record<string, TableSpec>> = {
  store: requestTable(longText, []),
  job: requestTable(longText, ["job_id"]),
  entity: requestTable(longText, ["entity_label", "request_type"]),
  feature_group: requestTable(json, ["entity_label", "feature_group_label", "request_type"]),
  features: requestTable(json, ["entity_label", "feature_group_label", "request_type"]),
  users: {
    columns: {
      id: bigId,
      first_name: text(50),
      last_name: text(50),
      email: {
        mysql: "varchar(100) NOT NULL UNIQUE",
        embedded: "text COLLATE NOCASE NOT NULL UNIQUE",
      },
      password_hash: text(255),
      role: text(10, "DEFAULT 'user' CHECK (role IN ('user', 'admin'))"),
      is_active: { mysql: "boolean DEFAULT false", embedded: "integer DEFAULT 0" },
      created_at: { mysql: `timestamp NULL ${now}`, embedded: `text ${now}` },
      updated_at: {
        mysql: `timestamp NULL ${now} ON UPDATE CURRENT_TIMESTAMP`,
        embedded: `text ${now}`,
      },
    },
  },
  user_tokens: {
    columns: {
      id: bigId,
      user_email: text(255),
      token: text(255, "NOT NULL UNIQUE"),
      created_at: { mysql: `timestamp NOT NULL ${now}`, embedded: `text NOT NULL ${now}` },
      // With a default, or MariaDB may give it one that changes with each update.
      expires_at: { mysql: `timestamp NOT NULL ${now}`, embedded: `text NOT NULL ${now}` },
    },
  },
};

const requestColumns = {
  attempt: {
    mysql: "int unsigned NOT NULL DEFAULT 0",
    embedded: "integer NOT NULL DEFAULT 0",
  },
  subject: text(255, "NULL"),
  waiting_key: hash("NULL"),
  created_at_ms: number("NULL"),
  updated_at_ms: number("NULL"),
} as const satisfies Record<string, ColumnSpec>;

/** Tables of requests. */
export const REQUEST_TABLE_NAMES = ["store", "job", "entity", "feature_group", "features"] as const;

/** What we add to tables that others know: all of it may be left out by them. */
export const ADDED_COLUMNS: Readonly<Record<string, Readonly<Record<string, ColumnSpec>>>> = {
  ...Object.fromEntries(REQUEST_TABLE_NAMES.map((name) => [name, requestColumns])),
  job: {
    ...requestColumns,
    // Of others' rows, which know no other.
    request_type: text(255, "NOT NULL DEFAULT 'CREATE'"),
  },
  users: {
    control_role: text(16, "NULL"),
    must_change_password: number("NOT NULL DEFAULT 0"),
    failed_login_count: number("NOT NULL DEFAULT 0"),
    locked_until_ms: number("NOT NULL DEFAULT 0"),
  },
  user_tokens: { expires_at_ms: number("NULL") },
};

export const OWN_TABLES: Readonly<Record<string, TableSpec>> = {
  idempotency_keys: {
    columns: {
      key_hash: hash("NOT NULL PRIMARY KEY"),
      kind: text(32),
      request_id: number("NOT NULL"),
      subject: text(255),
      expires_at_ms: number("NOT NULL"),
    },
  },
  audit_log: {
    columns: {
      id: bigId,
      at_ms: number("NOT NULL"),
      actor: text(255),
      action: text(64),
      subject: text(255),
      details: json,
    },
  },
};

export const INDEXES: readonly IndexSpec[] = [
  ...REQUEST_TABLE_NAMES.flatMap((table): IndexSpec[] => [
    { table, columns: ["status"] },
    { table, columns: ["created_by"] },
    { table, columns: ["waiting_key"], isUnique: true },
  ]),
  { table: "user_tokens", columns: ["user_email"] },
  { table: "user_tokens", columns: ["expires_at_ms"] },
  { table: "idempotency_keys", columns: ["expires_at_ms"] },
  { table: "audit_log", columns: ["actor"] },
  { table: "audit_log", columns: ["action"] },
  { table: "audit_log", columns: ["subject"] },
];
