import { FeatureStoreError } from "@ofs/platform";
import { errors } from "cassandra-driver";
import { expect, test } from "vitest";
import { toScyllaFailure } from "../../src/scylla/scylla-errors.ts";

const SUBJECT = "scylla store 1, table users";
const timeout = new errors.OperationTimedOutError("timed out after 5 ms", "a");
const busy = new errors.BusyConnectionError("a", 2048, 1);
const authentication = new errors.AuthenticationError("bad password");

test.each([
  ["server error", new errors.ResponseError(0x0000, "boom"), "UNAVAILABLE"],
  ["replicas down", new errors.ResponseError(0x1000, "2 required, 1 alive"), "UNAVAILABLE"],
  ["overloaded", new errors.ResponseError(0x1001, "busy"), "UNAVAILABLE"],
  ["bootstrapping", new errors.ResponseError(0x1002, "wait"), "UNAVAILABLE"],
  ["write timeout", new errors.ResponseError(0x1100, "slow"), "UNAVAILABLE"],
  ["read timeout", new errors.ResponseError(0x1200, "slow"), "UNAVAILABLE"],
  ["read failure", new errors.ResponseError(0x1300, "tombstones"), "UNAVAILABLE"],
  ["write failure", new errors.ResponseError(0x1500, "disk"), "UNAVAILABLE"],
  ["syntax", new errors.ResponseError(0x2000, "no viable"), "FAILED_PRECONDITION"],
  ["unauthorized", new errors.ResponseError(0x2100, "no MODIFY"), "FAILED_PRECONDITION"],
  ["missing table", new errors.ResponseError(0x2200, "unconfigured"), "FAILED_PRECONDITION"],
  ["credentials", new errors.ResponseError(0x0100, "bad"), "FAILED_PRECONDITION"],
  ["unknown code", new errors.ResponseError(0x7777, "strange"), "INTERNAL"],
  ["client timeout", timeout, "UNAVAILABLE"],
  ["full connection", busy, "RESOURCE_EXHAUSTED"],
  ["authentication", authentication, "FAILED_PRECONDITION"],
  ["no host known", new errors.NoHostAvailableError({}), "UNAVAILABLE"],
  ["hosts down", new errors.NoHostAvailableError({ a: "is down", b: timeout }), "UNAVAILABLE"],
  ["hosts full", new errors.NoHostAvailableError({ a: busy, b: busy }), "RESOURCE_EXHAUSTED"],
  ["wrong password", new errors.NoHostAvailableError({ a: authentication }), "FAILED_PRECONDITION"],
  [
    "wrong data centre",
    new errors.NoHostAvailableError({ a: new errors.ArgumentError("no dc") }),
    "FAILED_PRECONDITION",
  ],
  ["socket", Object.assign(new Error("reset"), { isSocketError: true }), "UNAVAILABLE"],
  ["system error", Object.assign(new Error("refused"), { code: "ECONNREFUSED" }), "UNAVAILABLE"],
  ["an empty pool", new Error("No connection available"), "UNAVAILABLE"],
  ["an answer to no question", new errors.DriverInternalError("unprepared"), "UNAVAILABLE"],
  ["a fault of ours", new TypeError("undefined is not a function"), "INTERNAL"],
  ["no error at all", "text", "INTERNAL"],
])("%s", (_, error, code) => {
  const failure = toScyllaFailure(error, SUBJECT, false);
  expect(failure).toBeInstanceOf(FeatureStoreError);
  expect(failure).toMatchObject({ code, cause: error });
  expect(failure.message.startsWith(`${SUBJECT}: `)).toBe(true);
});

test.each([
  ["a timeout", timeout, "DEADLINE_EXCEEDED"],
  ["timeouts of all hosts", new errors.NoHostAvailableError({ a: timeout }), "DEADLINE_EXCEEDED"],
  ["replicas that are down", new errors.ResponseError(0x1000, "down"), "UNAVAILABLE"],
  ["hosts that are down", new errors.NoHostAvailableError({ a: "down" }), "UNAVAILABLE"],
])("past the deadline, %s", (_, error, code) => {
  expect(toScyllaFailure(error, SUBJECT, true).code).toBe(code);
});

test("the reasons of all nodes are in the message, each once", () => {
  const error = new errors.NoHostAvailableError({
    a: "is down",
    b: timeout,
    c: "is down",
    d: null,
  });
  expect(toScyllaFailure(error, SUBJECT, false).message).toBe(
    `${SUBJECT}: no node could answer (is down; timed out after 5 ms)`,
  );
});

test("our own errors pass as they are", () => {
  const own = new FeatureStoreError("CANCELLED", "stop");
  expect(toScyllaFailure(own, SUBJECT, true)).toBe(own);
});
