import { expect, it } from "vitest";
import { ApiError } from "../../src/api/api-error.ts";
import { fieldErrors } from "../../src/components/form-errors.ts";

it("joins the messages of one field, and leaves those of the whole to the form", () => {
  const problem = (field: string, message: string) => ({ field, message, reason: "invalid" });
  const problems = [problem("password", "short"), problem("password", "dull"), problem("", "no")];
  expect(fieldErrors(new ApiError(400, "x", problems))).toEqual({ password: "short; dull" });
  expect(fieldErrors(new Error("x"))).toEqual({});
});
