import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BASE, DiscoveryApp } from "../support/discovery-app.ts";

const PATHS = [`${BASE}/get-source-mapping`, "/api/v1/orion/get-source-mapping"];
const GOOD = "jobId=user_job&jobToken=new-token";

let test: DiscoveryApp;

beforeEach(async () => {
  test = await DiscoveryApp.create();
});

afterEach(() => test.close());

function post(url: string, headers: Record<string, string> = {}, payload?: string) {
  return test.app.inject({
    method: "POST",
    url,
    headers,
    ...(payload === undefined ? {} : { payload }),
  });
}

describe.each(PATHS)("%s", (path) => {
  it.each<[string, Record<string, string>, string | undefined]>([
    [
      "the Spark client: JSON announced, nothing sent",
      { "content-type": "application/json" },
      undefined,
    ],
    ["the same with an empty body", { "content-type": "application/json" }, ""],
    ["the Flink connector: no type at all", { accept: "application/json" }, undefined],
    ["a form", { "content-type": "application/x-www-form-urlencoded" }, "a=b"],
    ["a body that is no JSON", { "content-type": "application/json" }, "{"],
  ])("%s", async (_, headers, payload) => {
    const reply = await post(`${path}?${GOOD}`, headers, payload);
    expect(reply.statusCode).toBe(200);
    expect(reply.headers["content-type"]).toContain("application/json");
    expect(Object.keys(reply.json())).toEqual(["keys", "data"]);
    expect(reply.json()).toMatchObject({ keys: { user: ["user_id"] } });
  });

  it("takes credentials from headers, which go before the query", async () => {
    const headers = { "ofs-job-id": "user_job", "ofs-job-token": "new-token" };
    expect((await post(path, headers)).statusCode).toBe(200);
    expect((await post(`${path}?jobId=x&jobToken=y`, headers)).statusCode).toBe(200);
    const wrong = { ...headers, "ofs-job-token": "wrong" };
    expect((await post(`${path}?${GOOD}`, wrong)).statusCode).toBe(401);
  });

  it("a previous token counts until it ends", async () => {
    const url = `${path}?jobId=user_job&jobToken=old-token`;
    test.nowMs = 2_000_999;
    expect((await post(url)).statusCode).toBe(200);
    test.nowMs = 2_001_000;
    expect((await post(url)).statusCode).toBe(401);
    expect((await post(`${path}?${GOOD}`)).statusCode).toBe(200);
  });

  it.each([
    ["nothing", "", 401],
    ["no token", "?jobId=user_job", 401],
    ["no job", "?jobToken=new-token", 401],
    ["an empty token", "?jobId=user_job&jobToken=", 401],
    ["a wrong token", "?jobId=user_job&jobToken=wrong", 401],
    ["an unknown job", "?jobId=nobody&jobToken=new-token", 401],
    ["a client's token", "?jobId=ranker&jobToken=s3cret", 401],
    ["a huge token", `?jobId=user_job&jobToken=${"x".repeat(5_000)}`, 400],
    ["two tokens", "?jobId=user_job&jobToken=new-token&jobToken=new-token", 400],
  ])("%s is refused in JSON, without the token", async (_, query, status) => {
    const reply = await post(`${path}${query}`);
    expect(reply.statusCode).toBe(status);
    const { error } = reply.json<{ error: string }>();
    expect(error).not.toBe("");
    expect(error).not.toMatch(/new-token|wrong|s3cret|xxx/);
  });
});

it("a body that is too large is refused in JSON", async () => {
  const reply = await post(`${PATHS[0]}?${GOOD}`, {}, "x".repeat(70_000));
  expect(reply.statusCode).toBe(413);
  expect(reply.json()).toMatchObject({ error: expect.any(String) });
});

it("a token that was changed counts at once", async () => {
  await test.change("security/writer/user_job", '{"token":"third"}');
  expect((await post(`${PATHS[0]}?${GOOD}`)).statusCode).toBe(401);
  expect((await post(`${PATHS[0]}?jobId=user_job&jobToken=third`)).statusCode).toBe(200);
});

it("other endpoints still read JSON only", async () => {
  const reply = await test.call("viewer", "POST", "get-cache-config", "a=b", {
    "content-type": "application/x-www-form-urlencoded",
  });
  expect(reply.statusCode).toBe(415);
});
