import { createHash } from "node:crypto";
import { TokenVerifier } from "@ofs/platform";
import { describe, expect, it } from "vitest";
import { assertJob, readCredentials } from "../../../src/discovery/mapping/job-access.ts";
import { exampleCatalog } from "../support/example-tree.ts";

const hashed = createHash("sha256").update("by-hash").digest("hex");
const catalog = exampleCatalog({
  "security/writer/hashed": JSON.stringify({ sha256: hashed }),
  "security/writer/scopeless": '{"token":"t","previous":{"token":"old"}}',
  "security/writer/broken": "not json",
});

function enter(jobId: string, token: string, nowSeconds = 1_000): string {
  try {
    assertJob(catalog, { jobId, token }, new TokenVerifier(), nowSeconds);
    return "in";
  } catch (error) {
    expect(error).toMatchObject({ code: "UNAUTHENTICATED" });
    const { message } = error as Error;
    expect(message).toBe("job id or job token is not valid");
    return "refused";
  }
}

describe("assertJob", () => {
  it.each([
    ["user_job", "new-token", 1_000, "in"],
    ["user_job", "old-token", 2_000, "in"],
    ["user_job", "old-token", 2_001, "refused"],
    ["user_job", "new-token", 2_001, "in"],
    ["user_job", "new-toke", 1_000, "refused"],
    ["user_job", "", 1_000, "refused"],
    ["hashed", "by-hash", 1_000, "in"],
    ["hashed", hashed, 1_000, "refused"],
    ["scopeless", "t", 1_000, "in"],
    // A previous token without an end is none.
    ["scopeless", "old", 1_000, "refused"],
    ["broken", "not json", 1_000, "refused"],
    ["ranker", "s3cret", 1_000, "refused"],
    ["nobody", "new-token", 1_000, "refused"],
    ["__proto__", "new-token", 1_000, "refused"],
  ])("%s with %j at %i: %s", (jobId, token, now, outcome) => {
    expect(enter(jobId, token, now)).toBe(outcome);
  });
});

describe("readCredentials", () => {
  it.each([
    [{}, { jobId: "a", jobToken: "b" }, { jobId: "a", token: "b" }],
    [{ "ofs-job-id": "a", "ofs-job-token": "b" }, {}, { jobId: "a", token: "b" }],
    [
      { "ofs-job-id": "a", "ofs-job-token": "b" },
      { jobId: "c", jobToken: "d" },
      { jobId: "a", token: "b" },
    ],
  ])("%j %j", (headers, query, expected) => {
    expect(readCredentials(headers, query)).toEqual(expected);
  });

  it.each([
    [{}, {}, "job id is missing"],
    [{}, { jobId: "", jobToken: "b" }, "job id is missing"],
    [{}, { jobId: "a" }, "job token is missing"],
    // Half in headers and half in the query is nobody's.
    [{ "ofs-job-id": "a" }, { jobToken: "b" }, "job token is missing"],
    [{ "ofs-job-token": "secret" }, { jobId: "a" }, "job id is missing"],
    [{ "ofs-job-id": ["a"], "ofs-job-token": "secret" }, {}, "job id is missing"],
  ])("%j %j: %s", (headers, query, message) => {
    expect(() => readCredentials(headers, query)).toThrow(message);
    expect(() => readCredentials(headers, query)).not.toThrow("secret");
  });
});
