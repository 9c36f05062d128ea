import { FeatureStoreError, toWireStatus } from "@ofs/platform";
import { expect, test } from "vitest";

test("an error thrown on purpose keeps its code and text", () => {
  const error = new FeatureStoreError("NOT_FOUND", "invalid entity x");
  expect(toWireStatus(error)).toEqual({
    code: "NOT_FOUND",
    grpc: 5,
    http: 404,
    name: "NotFound",
    message: "invalid entity x",
  });
  expect(error.isRetryable).toBe(false);
});

test("any other error becomes INTERNAL and says nothing of itself", () => {
  const status = toWireStatus(new TypeError("secret detail"));
  expect(status).toMatchObject({ grpc: 13, http: 500, message: "internal error" });
});

test.each([
  ["UNAVAILABLE", true],
  ["RESOURCE_EXHAUSTED", true],
  ["INVALID_ARGUMENT", false],
] as const)("%s: retryable is %s", (code, expected) => {
  expect(new FeatureStoreError(code, "x").isRetryable).toBe(expected);
});
