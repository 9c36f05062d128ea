import { expect, it } from "vitest";
import { errorOfAnswer } from "../../src/api/api-error.ts";

it.each([
  [{ message: "invalid request", cause: "owner is missing" }, "invalid request: owner is missing"],
  [{ message: "entity not found", cause: "entity not found", code: "X" }, "entity not found"],
  [{ message: "tenant not found" }, "tenant not found"],
])("shows failures of the row dialect in their own words: %j", (error, message) => {
  const text = JSON.stringify({ error });
  expect(errorOfAnswer(400, "Bad Request", text)).toMatchObject({ message, status: 400 });
});
