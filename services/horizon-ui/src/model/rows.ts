/** What the row dialect holds, in this program's words. Units end the names. */

/** The types that a column can have, and what they are. */
export const COLUMN_TYPES = {
  ASCII: "text of 7-bit characters",
  BIGINT: "whole number, 64 bits",
  BLOB: "bytes, as base64",
  BOOLEAN: "true or false",
  DECIMAL: "exact decimal number",
  DOUBLE: "floating point, 64 bits",
  FLOAT: "floating point, 32 bits",
  INET: "IP address",
  INT: "whole number, 32 bits",
  TEXT: "text",
  TIMESTAMP: "point in time, in milliseconds",
  TIMEUUID: "UUID of version 1",
  UUID: "UUID",
  VARCHAR: "text",
  VARINT: "whole number of any size",
} as const;

export type ColumnType = keyof typeof COLUMN_TYPES;

export const ROW_STATES = ["LIVE", "ARCHIVED"] as const;
export type RowState = (typeof ROW_STATES)[number];

/** PENDING: its tables or columns are being made. */
export type ShownState = RowState | "PENDING";

/** The tenant of everything that names none. */
export const DEFAULT_TENANT = "default-tenant";

export interface RowColumn {
  readonly name: string;
  /** One of {@link COLUMN_TYPES}, or what an imported database has. */
  readonly type: string;
  readonly description: string;
  readonly tags: readonly string[];
}

interface Registered {
  readonly name: string;
  readonly state: RowState;
  /** An email. */
  readonly owner: string;
  readonly tags: readonly string[];
  readonly description: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** A table with typed key columns. */
export interface RowEntity extends Registered {
  readonly columns: readonly RowColumn[];
  /** The first is the partition key, the others order the rows of a partition. */
  readonly primaryKeys: readonly string[];
  /** 0: values do not expire. */
  readonly ttlSeconds: number;
}

export const TENANT_ROLES = ["read", "write", "consume"] as const;
export type TenantRole = (typeof TENANT_ROLES)[number];
export type Tenants = Readonly<Record<TenantRole, string>>;

/** One version of a feature group. */
export interface RowGroup extends Registered {
  readonly version: string;
  readonly isVersioned: boolean;
  readonly type: "ONLINE" | "OFFLINE";
  readonly entityName: string;
  readonly columns: readonly RowColumn[];
  readonly tenants: Tenants;
}

/** @returns 0 for what is not `v<number>` */
export function versionNumber(version: string): number {
  const [, digits] = /^v(\d{1,9})$/.exec(version) ?? [];
  return digits === undefined ? 0 : Number(digits);
}

/** The newest version of each, by name. */
export function latestVersions(groups: readonly RowGroup[]): RowGroup[] {
  const latest = new Map<string, RowGroup>();
  for (const group of groups) {
    const known = latest.get(group.name);
    const isNewer =
      known === undefined || versionNumber(group.version) > versionNumber(known.version);
    if (isNewer) latest.set(group.name, group);
  }
  return [...latest.values()].sort((a, b) => a.name.localeCompare(b.name));
}

export interface ColumnChange {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/** What became different from one set of columns to another. */
export interface ColumnDiff {
  readonly added: readonly RowColumn[];
  readonly removed: readonly RowColumn[];
  /** Other types or descriptions. */
  readonly changed: readonly ColumnChange[];
}

export function diffColumns(before: readonly RowColumn[], after: readonly RowColumn[]): ColumnDiff {
  const old = new Map(before.map((column) => [column.name, column]));
  const next = new Map(after.map((column) => [column.name, column]));
  return {
    added: after.filter(({ name }) => !old.has(name)),
    removed: before.filter(({ name }) => !next.has(name)),
    changed: after.flatMap((column) => {
      const known = old.get(column.name);
      if (known === undefined) return [];
      const [a, b] = [describe(known), describe(column)];
      return a === b ? [] : [{ name: column.name, before: a, after: b }];
    }),
  };
}

function describe({ type, description, tags }: RowColumn): string {
  const text = description === "" ? type : `${type}, “${description}”`;
  return tags.length === 0 ? text : `${text}, tags ${tags.join(", ")}`;
}
