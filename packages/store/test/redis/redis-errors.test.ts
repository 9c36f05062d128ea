import { FeatureStoreError } from "@ofs/platform";
import { expect, test } from "vitest";
import {
  isRedirect,
  mayHelpToRetry,
  NotConnectedError,
  toStoreError,
} from "../../src/redis/redis-errors.ts";

function reply(message: string): Error {
  const error = new Error(message);
  error.name = "ReplyError";
  return error;
}

test.each([
  [reply("WRONGTYPE Operation against a key"), "FAILED_PRECONDITION"],
  [reply("ERR user_script:7: attempt to index nil script: 9f, on @user_script:7."), "INTERNAL"],
  [reply("ERR Error running script (call to f_9f): @user_script:7: attempt to index"), "INTERNAL"],
  [
    reply("WRONGTYPE Operation against a key script: 9f, on @user_script:31."),
    "FAILED_PRECONDITION",
  ],
  [
    reply("ERR Error running script (call to f_9f): @user_script:31: WRONGTYPE Operation against"),
    "FAILED_PRECONDITION",
  ],
  [reply("OOM command not allowed. script: 9f, on @user_script:60."), "UNAVAILABLE"],
  [
    reply("ERR Error running script (call to f_9f): @user_script: 60: -OOM command not allowed"),
    "UNAVAILABLE",
  ],
  [reply("OOM command not allowed when used memory > 'maxmemory'."), "UNAVAILABLE"],
  [reply("NOAUTH Authentication required."), "UNAVAILABLE"],
  [new Error("Connection is closed."), "UNAVAILABLE"],
  [new NotConnectedError("not connected (reconnecting)"), "UNAVAILABLE"],
])("%o becomes %s", (error, code) => {
  const fault = toStoreError(error, "redis a:1");
  expect(fault).toMatchObject({ code, cause: error, message: `redis a:1: ${error.message}` });
});

test("an error of ours stays as it is", () => {
  const error = new FeatureStoreError("CANCELLED", "the call was cancelled");
  expect(toStoreError(error, "redis a:1")).toBe(error);
  expect(mayHelpToRetry(error)).toBe(false);
});

test.each([
  [new Error("Connection is closed."), true],
  [new NotConnectedError("not connected"), true],
  [reply("LOADING Redis is loading the dataset in memory"), true],
  [reply("READONLY You can't write against a read only replica."), true],
  [reply("CLUSTERDOWN The cluster is down"), true],
  [reply("READONLY You can't write. script: 9f, on @user_script:60."), true],
  [reply("ERR Error running script (call to f_9f): @user_script:60: -READONLY You can't"), true],
  [reply("WRONGTYPE Operation against a key"), false],
  [reply("OOM command not allowed"), false],
])("whether sending again may help after %o: %s", (error, isHelp) => {
  expect(mayHelpToRetry(error)).toBe(isHelp);
});

test("redirects are told from other replies", () => {
  expect(isRedirect(reply("MOVED 3999 127.0.0.1:6381"))).toBe(true);
  expect(isRedirect(reply("ERR MOVED"))).toBe(false);
});
