import { FeatureStoreError } from "@ofs/platform";
import { expect, test } from "vitest";
import { toLibsqlFailure } from "../src/embedded/libsql-failures.ts";
import { DriverFailure, isDuplicate, toCallerError } from "../src/failures.ts";
import { breaksConnection, toMysqlFailure } from "../src/mysql/mysql-failures.ts";

function serverError(errno: number, code: string): Error {
  const text = "You have an error near 'select password_hash from users'";
  return Object.assign(new Error(text), { errno, code, sqlState: "HY000", sql: text });
}

test.each([
  [serverError(1062, "ER_DUP_ENTRY"), "duplicate"],
  [serverError(1213, "ER_LOCK_DEADLOCK"), "conflict"],
  [serverError(1205, "ER_LOCK_WAIT_TIMEOUT"), "conflict"],
  [serverError(1040, "ER_CON_COUNT_ERROR"), "away"],
  [serverError(1290, "ER_OPTION_PREVENTS_STATEMENT"), "away"],
  [serverError(1045, "ER_ACCESS_DENIED_ERROR"), "refused"],
  [serverError(1064, "ER_PARSE_ERROR"), "unexpected"],
  [Object.assign(new Error("x"), { code: "ECONNREFUSED", errno: -111 }), "away"],
  [Object.assign(new Error("x"), { code: "PROTOCOL_SEQUENCE_TIMEOUT" }), "away"],
  [new Error("Pool is closed."), "away"],
])("mysql: %o", (error, kind) => {
  expect(toMysqlFailure(error).kind).toBe(kind);
});

test("a connection is of no use after what the server did not say", () => {
  expect(breaksConnection(serverError(1062, "ER_DUP_ENTRY"))).toBe(false);
  expect(breaksConnection(Object.assign(serverError(1053, "X"), { fatal: true }))).toBe(true);
  expect(breaksConnection(new Error("closed"))).toBe(true);
});

test.each([
  ["SQLITE_CONSTRAINT_UNIQUE", "duplicate"],
  ["SQLITE_CONSTRAINT_PRIMARYKEY", "duplicate"],
  ["SQLITE_CONSTRAINT_NOTNULL", "unexpected"],
  ["SQLITE_BUSY", "conflict"],
  ["SQLITE_BUSY_SNAPSHOT", "conflict"],
  ["SQLITE_IOERR_WRITE", "away"],
  ["SQLITE_FULL", "away"],
  ["SQLITE_NOTADB", "damaged"],
  ["SQLITE_ERROR", "unexpected"],
  [undefined, "unexpected"],
])("libsql: %s", (code, kind) => {
  expect(toLibsqlFailure(Object.assign(new Error("x"), { code })).kind).toBe(kind);
});

test.each([
  ["conflict", "UNAVAILABLE"],
  ["away", "UNAVAILABLE"],
  ["refused", "FAILED_PRECONDITION"],
  ["damaged", "INTERNAL"],
  ["unexpected", "INTERNAL"],
] as const)("callers get %s as %s", (kind, code) => {
  const shown = toCallerError(new DriverFailure(kind, "ER_X"), false);
  expect(shown).toBeInstanceOf(FeatureStoreError);
  expect(shown).toMatchObject({ code });
  expect((shown as Error).message).toContain("ER_X");
});

test("nothing of a statement is left in what callers and logs get", () => {
  const shown = toCallerError(toMysqlFailure(serverError(1064, "ER_PARSE_ERROR")), false) as Error;
  const texts = [shown.message, shown.stack, String((shown.cause as Error).stack)].join("\n");
  expect(texts).not.toContain("password_hash");
  expect(JSON.stringify(shown.cause)).not.toContain("password_hash");
});

test("a commit that was cut may have been made", () => {
  const failure = new DriverFailure("away", "ECONNRESET");
  expect((toCallerError(failure, true) as Error).message).toContain("may have been made");
});

test("a duplicate is the repositories' to understand", () => {
  const failure = new DriverFailure("duplicate", "ER_DUP_ENTRY");
  expect(toCallerError(failure, false)).toBe(failure);
  expect(isDuplicate(failure)).toBe(true);
  expect(isDuplicate(new Error("x"))).toBe(false);
});
