import { DriverFailure, type FailureKind } from "../failures.ts";

const DUPLICATE = [1062, 1586];
/** Deadlock, lock wait timeout, record changed since it was read. */
const CONFLICT = [1213, 1205, 1020];
/**
 * Full or restarting server, cut or killed connection, statement that took too long, disk full, read-only (a replica after a
 * failover).
 */
const AWAY = [
  1021, 1040, 1053, 1077, 1079, 1080, 1114, 1129, 1152, 1154, 1155, 1156, 1157, 1158, 1159, 1160,
  1161, 1203, 1226, 1290, 1317, 1792, 1836, 1927, 1969, 2006, 2013, 3024, 4031,
];
/** Access denied, unknown database, missing right. */
const REFUSED = [1044, 1045, 1049, 1130, 1142, 1143, 1227, 1251, 1698];

const KINDS = new Map<number, FailureKind>([
  ...DUPLICATE.map((errno) => [errno, "duplicate"] as const),
  ...CONFLICT.map((errno) => [errno, "conflict"] as const),
  ...AWAY.map((errno) => [errno, "away"] as const),
  ...REFUSED.map((errno) => [errno, "refused"] as const),
]);

interface MysqlError {
  readonly code?: string;
  readonly errno?: number;
  /** Only what the server says has one. */
  readonly sqlState?: string;
  readonly fatal?: boolean;
}

/** After these the connection is of no use: what it answers belongs to nobody knows which statement. */
export function breaksConnection(error: unknown): boolean {
  const { code, fatal, sqlState } = error as MysqlError;
  return fatal === true || code === "PROTOCOL_SEQUENCE_TIMEOUT" || sqlState === undefined;
}

/** @param error of mysql2: what the server says, or what happened on the way to it */
export function toMysqlFailure(error: unknown): DriverFailure {
  const { code, errno, sqlState, message } = error as MysqlError & { readonly message: string };
  if (sqlState === undefined || errno === undefined) {
    if (code === "HANDSHAKE_NO_SSL_SUPPORT") return new DriverFailure("refused", code);
    return new DriverFailure("away", code ?? message);
  }
  return new DriverFailure(KINDS.get(errno) ?? "unexpected", code ?? `error ${errno}`);
}
