import type { IncomingMessage } from "node:http";
import { createLogger } from "@ofs/platform";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { AuditTrail } from "../../src/apply/audit-trail.ts";
import { PopulatorClient } from "../../src/populator/populator-client.ts";
import { populatorRoutes } from "../../src/populator/populator-routes.ts";
import { type Answers, Instances } from "../fleet/support/instances.ts";
import { TestApp } from "../support/test-app.ts";

const ROOT = "/api/v1/horizon/populator";
const TOKEN = "a token of sixteen";
const RUN = { tableName: "films", path: "s3a://lake/films", startVersion: 0, endVersion: 2 };

const log = createLogger({ service: "horizon", level: "DISABLED" });
let instances: Instances;
let test: TestApp;
/** What populators were asked: method, address, token and body. */
let asked: (readonly [string, string, unknown, string])[];

beforeEach(() => {
  instances = new Instances();
  asked = [];
});

afterEach(async () => {
  await test.close();
  await instances.stop();
});

async function open(urls: readonly string[], token: string | undefined = TOKEN): Promise<void> {
  test = await TestApp.create({}, ({ audit }) => [
    populatorRoutes({
      populator: new PopulatorClient({ urls, token }),
      audit: new AuditTrail(audit, Date.now, log),
    }),
  ]);
}

/** A populator that answers one address. */
function startPopulator(url: string, status: number, body: unknown): Promise<string> {
  return instances.start(answering(url, status, body));
}

function answering(url: string, status: number, body: unknown): Answers {
  return {
    [url]: (request, response) => {
      void textOf(request).then((text) => {
        const { method = "", headers } = request;
        asked.push([method, url, headers["ofs-admin-token"], text]);
        response.writeHead(status, { "content-type": "application/json" });
        response.end(typeof body === "string" ? body : JSON.stringify(body));
      });
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function call(
  role: "viewer" | "author" | "approver",
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: object,
) {
  return test.call(await test.tokenOf(role), method, `${ROOT}${path}`, body);
}

/** Since the sign-ins, which are in the audit log too. */
async function auditEntries(): Promise<unknown[]> {
  const entries = await test.database.audit.list({ limit: 100 });
  return entries
    .filter(({ action }) => action.startsWith("populator-run."))
    .map(({ actor, action, subject, details }) => ({ actor, action, subject, details }));
}

describe("looks", () => {
  it.each([
    ["/runs", "/table/list", [{ name: "films", state: "RUNNING", more: 1 }]],
    ["/run?name=a%20b", "/table/status?name=a+b", { name: "a b", rejects: [], further: {} }],
    ["/run/files?name=films", "/table/files?name=films&limit=200", { files: [] }],
    ["/run/files?name=films&limit=7", "/table/files?name=films&limit=7", { files: [] }],
  ])("hand on what the populator answers to %s", async (path, url, data) => {
    await open([await startPopulator(url, 200, { data })]);
    const reply = await call("viewer", "GET", path);
    expect([reply.statusCode, reply.json()]).toEqual([200, data]);
    expect(asked).toEqual([["GET", url, TOKEN, ""]]);
    expect(await auditEntries()).toEqual([]);
  });

  it("put together what is known of a table, for those who may begin runs", async () => {
    const latest = { path: "/t", latestVersion: 4 };
    const schema = { path: "/t", schema: { id: "string" } };
    const url = await instances.start({
      ...answering("/table/latest-version?path=%2Ft", 200, { data: latest }),
      ...answering("/table/schema?path=%2Ft", 200, { data: schema }),
    });
    await open([url]);
    const reply = await call("approver", "GET", "/table?path=/t");
    expect(reply.json()).toEqual({ ...latest, ...schema });
    expect((await call("author", "GET", "/table?path=/t")).statusCode).toBe(403);
  });

  it("go to the next populator if one cannot be reached or does not answer", async () => {
    const down = await instances.startStopped();
    const up = await startPopulator("/table/list", 200, { data: [] });
    await open([down, up]);
    expect((await call("viewer", "GET", "/runs")).json()).toEqual([]);
  });

  it("are for people who are signed in, and have names", async () => {
    await open([]);
    for (const path of ["/runs", "/run?name=a", "/run/files?name=a", "/table?path=/t"]) {
      expect((await test.app.inject(ROOT + path)).statusCode).toBe(401);
    }
    for (const path of ["/run", "/run?name=", "/run/files?name=a&limit=1001", "/table"]) {
      expect((await call("approver", "GET", path)).statusCode).toBe(400);
    }
  });
});

describe("changes", () => {
  const data = { name: "films" };

  it("begin runs with all fields of the body, and are noted with where rows go", async () => {
    const body = { ...RUN, entityLabel: "movie", columns: { id: "movie_id" }, deletes: "report" };
    await open([await startPopulator("/table/read", 200, { data: body })]);
    const reply = await call("approver", "POST", "/runs", body);
    expect([reply.statusCode, reply.json()]).toEqual([200, body]);
    expect(asked).toEqual([["POST", "/table/read", TOKEN, JSON.stringify(body)]]);
    expect(await auditEntries()).toEqual([
      {
        actor: "approver@example.org",
        action: "populator-run.started",
        subject: "table films",
        details: {
          path: "s3a://lake/films",
          entityLabel: "movie",
          startVersion: 0,
          endVersion: 2,
          deletes: "report",
        },
      },
    ]);
  });

  it.each([
    ["POST", "/run/pause", "/table/pause", "populator-run.paused"],
    ["POST", "/run/resume", "/table/resume", "populator-run.resumed"],
    ["POST", "/run/cancel", "/table/cancel", "populator-run.cancelled"],
    ["POST", "/run/reset", "/table/reset", "populator-run.reset"],
    ["DELETE", "/run", "/table", "populator-run.deleted"],
  ] as const)("act on a run by %s %s, and are noted", async (method, path, url, action) => {
    await open([await startPopulator(`${url}?name=films`, 200, { data })]);
    const reply = await call("approver", method, `${path}?name=films`);
    expect([reply.statusCode, reply.json()]).toEqual([200, data]);
    expect(asked.map(([verb, address]) => [verb, address])).toEqual([
      [method, `${url}?name=films`],
    ]);
    const actor = "approver@example.org";
    const entry = { actor, action, subject: "table films", details: {} };
    expect(await auditEntries()).toEqual([entry]);
  });

  it("are refused to viewers and authors before the populator hears of them", async () => {
    await open([await startPopulator("/table/pause?name=films", 200, { data })]);
    for (const role of ["viewer", "author"] as const) {
      expect((await call(role, "POST", "/run/pause?name=films")).statusCode).toBe(403);
      expect((await call(role, "DELETE", "/run?name=films")).statusCode).toBe(403);
      expect((await call(role, "POST", "/runs", RUN)).statusCode).toBe(403);
    }
    expect(asked).toEqual([]);
    expect(await auditEntries()).toEqual([]);
  });

  it("are what the populator knows, and have a name and a path", async () => {
    await open([]);
    expect((await call("approver", "POST", "/run/destroy?name=films")).statusCode).toBe(400);
    const reply = await call("approver", "POST", "/runs", { tableName: "" });
    expect(reply.statusCode).toBe(400);
    const fields = reply.json().problems.map(({ field }: { field: string }) => field);
    expect(fields).toEqual(["tableName", "path"]);
  });

  it("go to the next populator only if the first cannot have got them", async () => {
    const up = await startPopulator("/table/pause?name=films", 200, { data });
    await open([await instances.startStopped(), up]);
    expect((await call("approver", "POST", "/run/pause?name=films")).statusCode).toBe(200);
    await test.close();
    const broken = await instances.start({
      "/table/pause?name=films": (_, response) => void response.destroy(),
    });
    await open([broken, up]);
    const reply = await call("approver", "POST", "/run/pause?name=films");
    expect(reply.statusCode).toBe(503);
    expect(reply.json().error).toContain(`the populator does not answer (${broken}: `);
    expect(asked).toHaveLength(1);
    expect(await auditEntries()).toEqual([]);
  });
});

describe("refusals", () => {
  it("name columns and fields, and are not noted", async () => {
    const error = {
      message: "columns that cannot be sent: a (no such feature)",
      code: "InvalidArgument",
      columns: [{ column: "a", reason: "no such feature" }],
      fields: [{ field: "filter.0.operator", message: "unknown" }],
    };
    await open([await startPopulator("/table/read", 400, { error })]);
    const reply = await call("approver", "POST", "/runs", RUN);
    expect([reply.statusCode, reply.json()]).toEqual([
      400,
      {
        error: error.message,
        code: "InvalidArgument",
        problems: [
          { field: "filter.0.operator", message: "unknown", reason: "invalid" },
          { field: "columns.a", message: "no such feature", reason: "invalid" },
        ],
      },
    ]);
    expect(await auditEntries()).toEqual([]);
  });

  it.each([
    [404, 404, "there is no run for table films"],
    [412, 412, "the run of table films is COMPLETED and cannot be paused"],
    [409, 409, "somebody was faster"],
    [500, 503, "populator URL answered 500: internal error"],
    [401, 503, "populator URL does not admit the control plane (no token): "],
    [403, 503, "HORIZON_POPULATOR_ADMIN_TOKEN must be its ADMIN_TOKEN"],
  ])("of status %i become %i", async (given, wanted, text) => {
    const message = given === 500 ? "internal error" : given > 403 ? text : "no token";
    // The guard's own form, and that of the routes.
    const body = given > 403 ? { error: { message, code: "x" } } : { error: message };
    const url = await startPopulator("/table/status?name=films", given, body);
    await open([url]);
    const reply = await call("viewer", "GET", "/run?name=films");
    expect(reply.statusCode).toBe(wanted);
    expect(reply.json().error).toContain(text.replace("URL", url));
  });

  it.each(["<html>", "[]", '"data"', '{"data":{}}'])(
    "of answers such as %s name the address",
    async (text) => {
      const url = await startPopulator("/table/list", 200, text);
      await open([url]);
      const reply = await call("viewer", "GET", "/runs");
      expect(reply.statusCode).toBe(503);
      expect(reply.json().error).toBe(
        `${url}/table/list answered nothing that a populator answers`,
      );
    },
  );

  it("say that no populator is configured, or that none answers", async () => {
    await open([]);
    const none = await call("viewer", "GET", "/runs");
    expect([none.statusCode, none.json().error]).toEqual([
      412,
      "no populator is configured: name one in HORIZON_FLEET_SERVICES",
    ]);
    await test.close();
    const url = await instances.startStopped();
    await open([url]);
    const down = await call("viewer", "GET", "/runs");
    expect(down.statusCode).toBe(503);
    expect(down.json().error).toContain(`the populator does not answer (${url}: cannot be reached`);
  });
});

it("is asked without a token where none is configured", async () => {
  const url = await startPopulator("/table/list", 200, { data: [] });
  test = await TestApp.create({}, ({ audit }) => [
    populatorRoutes({
      populator: new PopulatorClient({ urls: [url], token: undefined }),
      audit: new AuditTrail(audit, Date.now, log),
    }),
  ]);
  expect((await call("viewer", "GET", "/runs")).json()).toEqual([]);
  expect(asked).toEqual([["GET", "/table/list", undefined, ""]]);
});

it("gives up an answer that is no end of", async () => {
  const url = await instances.start({
    "/table/list": (_, response) => {
      const chunk = Buffer.alloc(1024 * 1024, " ");
      const more = (): void => {
        if (!response.destroyed) response.write(chunk, () => setImmediate(more));
      };
      more();
    },
  });
  await open([url]);
  const reply = await call("viewer", "GET", "/runs");
  expect(reply.statusCode).toBe(503);
  expect(reply.json().error).toContain("/table/list answered more than 16777216 bytes");
});

it("gives up an answer that does not come, and says how long it waited", async () => {
  const url = await instances.start({ "/table/list": () => undefined });
  await open([url]);
  const client = new PopulatorClient({ urls: [url], token: undefined });
  const call = { method: "GET", path: "/table/list", timeoutMs: 50 } as const;
  await expect(client.call(call, z.unknown())).rejects.toThrow(
    `the populator does not answer (${url}: no answer in 50 ms)`,
  );
});
