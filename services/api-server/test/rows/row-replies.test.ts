import { RowStoreError } from "@ofs/engine";
import { HttpError } from "@ofs/http";
import { FeatureStoreError } from "@ofs/platform";
import { RowError } from "@ofs/rows";
import { expect, test } from "vitest";
import { rowErrorReply } from "../../src/rows/row-replies.ts";

test.each([
  [
    RowError.of("ENTITY-NOT-FOUND-EXCEPTION"),
    404,
    "ENTITY-NOT-FOUND-EXCEPTION",
    "entity not found",
  ],
  [new RowStoreError("UNAVAILABLE", "down"), 503, "UNKNOWN_EXCEPTION", "down"],
  [new RowStoreError("DEADLINE_EXCEEDED", "late"), 503, "UNKNOWN_EXCEPTION", "late"],
  [new RowStoreError("RESOURCE_EXHAUSTED", "full"), 503, "UNKNOWN_EXCEPTION", "full"],
  [new RowStoreError("INVALID_ARGUMENT", "refused"), 500, "UNKNOWN_EXCEPTION", "refused"],
  [new RowStoreError("INTERNAL", "broken"), 500, "UNKNOWN_EXCEPTION", "broken"],
  [
    new FeatureStoreError("FAILED_PRECONDITION", "no tenant"),
    500,
    "UNKNOWN_EXCEPTION",
    "no tenant",
  ],
  [new FeatureStoreError("RESOURCE_EXHAUSTED", "overload"), 429, "RESOURCE_EXHAUSTED", "overload"],
  [new FeatureStoreError("PERMISSION_DENIED", "no"), 403, "PERMISSION_DENIED", "no"],
  [new HttpError(413, "too large"), 413, "INVALID_REQUEST", "too large"],
  [new TypeError("secret"), 500, "UNKNOWN_EXCEPTION", "Something went wrong"],
])("%s is told with its status and all three members", (error, status, code, message) => {
  const reply = rowErrorReply(error);
  expect(reply.status).toBe(status);
  expect(JSON.parse(reply.body)).toEqual({ error: { message, cause: message, code } });
});
