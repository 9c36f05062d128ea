import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { ApiError, errorOfAnswer } from "../../src/api/api-error.ts";
import { csrfHeaders } from "../../src/api/csrf.ts";
import { healthCheck } from "../../src/api/health.ts";
import { createHttp, type Http, withQuery } from "../../src/api/http.ts";

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
}

function httpAnswering(answer: () => Response | Promise<Response>): {
  http: Http;
  sent: Sent[];
  onSignedOut: ReturnType<typeof vi.fn>;
} {
  const sent: Sent[] = [];
  const onSignedOut = vi.fn();
  const http = createHttp({
    fetch: async (url, init) => {
      sent.push({ url: String(url), init: init ?? {} });
      return answer();
    },
    headers: () => ({ "x-csrf-token": "t" }),
    onSignedOut,
  });
  return { http, sent, onSignedOut };
}

const schema = z.object({ n: z.number() });

async function failureOf(work: Promise<unknown>): Promise<ApiError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ApiError) return error;
  throw new Error(`no ApiError but ${String(error)}`);
}

describe("http", () => {
  it("sends JSON with the token, and checks what comes back", async () => {
    const { http, sent } = httpAnswering(() =>
      Response.json({ n: 1 }, { headers: { "x-a": "b" } }),
    );
    const answer = await http.call("/x", schema, { method: "POST", body: { a: 1 } });
    expect(answer.body).toEqual({ n: 1 });
    expect(answer.headers.get("x-a")).toBe("b");
    expect(sent[0]?.url).toBe("/x");
    expect(sent[0]?.init).toMatchObject({
      method: "POST",
      body: '{"a":1}',
      credentials: "same-origin",
      headers: { "x-csrf-token": "t", "content-type": "application/json" },
    });
  });

  it("refuses an answer of another shape, naming the place", async () => {
    const { http } = httpAnswering(() => Response.json({ n: "1" }));
    const error = await failureOf(http.call("/x", schema));
    expect(error.message).toMatch(/^unexpected answer of \/x: n: /);
  });

  it("hands on what the server says, with the problems of fields", async () => {
    const problems = [{ field: "table", message: "is taken", reason: "conflict" }];
    const { http, onSignedOut } = httpAnswering(() =>
      Response.json({ error: "table: is taken", problems }, { status: 409 }),
    );
    const error = await failureOf(http.call("/x", schema));
    expect(error).toMatchObject({ status: 409, message: "table: is taken", problems });
    expect(onSignedOut).not.toHaveBeenCalled();
  });

  it("tells when the session is over", async () => {
    const { http, onSignedOut } = httpAnswering(() =>
      Response.json({ error: "no" }, { status: 401 }),
    );
    await failureOf(http.call("/x", schema));
    expect(onSignedOut).toHaveBeenCalledOnce();
  });

  it("says that the server cannot be reached", async () => {
    const { http } = httpAnswering(() => Promise.reject(new TypeError("refused")));
    const error = await failureOf(http.call("/x", schema));
    expect(error).toMatchObject({ status: 0, message: "the server cannot be reached (refused)" });
  });

  it("does not turn a call that was given up into a failure of the server", async () => {
    const abort = new AbortController();
    const { http } = httpAnswering(() => {
      abort.abort(new Error("left the page"));
      return Promise.reject(new Error("left the page"));
    });
    await expect(http.call("/x", schema, { signal: abort.signal })).rejects.toThrow(
      "left the page",
    );
  });

  it("takes other statuses where they are answers, too", async () => {
    const { http } = httpAnswering(() => Response.json({ n: 3 }, { status: 503 }));
    const { body, status } = await http.call("/x", schema, { alsoAccept: [503] });
    expect({ body, status }).toEqual({ body: { n: 3 }, status: 503 });
  });
});

describe("errorOfAnswer", () => {
  it.each([
    ["<html>gateway</html>", "the server answered 502 Bad Gateway"],
    ["", "the server answered 502 Bad Gateway"],
    ['{"error":"why"}', "why"],
    ['{"message":"why"}', "why"],
    ["[1]", "the server answered 502 Bad Gateway"],
  ])("of %j says %s", (text, message) => {
    expect(errorOfAnswer(502, "Bad Gateway", text).message).toBe(message);
  });
});

describe("withQuery", () => {
  it("leaves out what is not set", () => {
    expect(withQuery("/x", { a: 1, b: undefined, c: "", d: "e f" })).toBe("/x?a=1&d=e+f");
    expect(withQuery("/x")).toBe("/x");
  });
});

describe("csrfHeaders", () => {
  it("are of the cookie", () => {
    expect(csrfHeaders("a=b; ofs_csrf=x%3Dy; c=d")).toEqual({ "x-csrf-token": "x=y" });
    expect(csrfHeaders("not_ofs_csrf=x")).toEqual({});
    expect(csrfHeaders("")).toEqual({});
  });
});

describe("healthCheck", () => {
  it.each([
    [{ status: "ok" }, "ok", ""],
    [{ status: "failing", reason: "down", n: { a: 1 } }, "failing", "reason: down, n: 1"],
    [{ status: "ok", detail: { revision: 7 } }, "ok", "revision: 7"],
    ["ready", "ready", ""],
    [false, "failed", ""],
    [{}, "unknown", ""],
  ])("of %j is %s", (check, status, detail) => {
    expect(healthCheck("db", check)).toEqual({ name: "db", status, detail });
  });
});
