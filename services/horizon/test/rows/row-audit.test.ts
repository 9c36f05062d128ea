import { createLogger } from "@ofs/platform";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isDeed } from "../../src/rows/http/row-deeds.ts";
import { rowRoutes } from "../../src/rows/http/row-routes.ts";
import { serveRows } from "../../src/rows/http/row-scope.ts";
import type { RowAdmin } from "../../src/rows/row-admin.ts";
import { TestApp } from "../support/test-app.ts";
import { type SignedInHorizon, startSignedIn } from "./console/support/signed-in-horizon.ts";
import { entityBody, groupBody } from "./support/bodies.ts";

const START_MS = 60_000;
const STORY_MS = 60_000;

/** Changes that are told in great number, by programs. */
const NOT_NOTED = ["POST /feature-group/run-data"];

it("notes every change but the rows of runs", () => {
  const changes = rowRoutes({ metastore: {} } as RowAdmin)
    .filter(({ permission }) => permission !== "read")
    .flatMap(({ methods, paths }) =>
      methods.flatMap((method) => paths.map((path) => [method, path] as const)),
    )
    .filter(([method]) => method !== "GET");
  expect(changes.length).toBeGreaterThan(15);
  const unnoted = changes.filter(([method, path]) => !isDeed(method, path));
  expect(unnoted.map((each) => each.join(" "))).toEqual(NOT_NOTED);
});

describe("changes of the row dialect", () => {
  let horizon: SignedInHorizon;

  beforeAll(async () => {
    horizon = await startSignedIn({ ROW_ENABLED: "true" });
  }, START_MS);

  afterAll(() => horizon.close());

  async function entries(): Promise<unknown[]> {
    const { body } = await horizon.call("/api/v1/horizon/audit");
    const all = body as unknown as Record<string, string>[];
    return all
      .filter(({ action }) => action?.startsWith("row-"))
      .map(({ actor, action, subject, details }) => [actor, action, subject, details])
      .reverse();
  }

  it(
    "are in the audit log with who made them, and refusals are not",
    async () => {
      const admin = "admin@admin.com";
      await horizon.call("/entity", entityBody("users"));
      await horizon.call("/entity", entityBody("users"));
      await horizon.call("/feature-group", groupBody("stats", "users"));
      await horizon.call("/feature-group?upgrade=true", groupBody("stats", "users"));
      await horizon.call("/feature-group?name=stats&version=v1", { state: "ARCHIVED" }, "PUT");
      await horizon.call("/feature-group/ttl", { name: "stats", version: "v2", ttl: 60 }, "PUT");
      const topic = { tenantName: "default-tenant", topicName: "rows", numPartitions: 2 };
      await horizon.call("/consumer/onboard", topic);
      await horizon.call("/feature-group/run-data", { name: "stats", runId: "r" });
      await horizon.call("/v1/search", { searchPattern: "users" });
      // Somebody who is not signed in: the endpoints are open to their clients.
      const body = JSON.stringify({ tenantName: "games", numWorkers: 3 });
      await fetch(`${horizon.origin}/populator/metadata`, {
        method: "PUT",
        body,
        headers: { authorization: "Bearer of-nobody" },
      });
      const owner = "ada@example.org";
      const made = { entityName: "users", owner, tags: ["stats"] };
      expect(await entries()).toEqual([
        [admin, "row-entity.created", "row-entity users", { owner, tags: ["people"] }],
        [admin, "row-feature-group.created", "row-feature-group stats", { version: "v1", ...made }],
        [
          admin,
          "row-feature-group.upgraded",
          "row-feature-group stats",
          { version: "v2", ...made },
        ],
        [
          admin,
          "row-feature-group.state-changed",
          "row-feature-group stats",
          { state: "ARCHIVED", version: "v1" },
        ],
        [
          admin,
          "row-feature-group.ttl-changed",
          "row-feature-group stats",
          { version: "v2", ttl: 60 },
        ],
        [
          admin,
          "row-consumer.onboarded",
          "tenant default-tenant",
          { topicName: "rows", numPartitions: 2 },
        ],
        ["anonymous 127.0.0.1", "row-populator.workers-changed", "tenant games", { numWorkers: 3 }],
      ]);
    },
    STORY_MS,
  );
});

it("knows who is signed in only with what proves it against forgery", async () => {
  const log = createLogger({ service: "horizon", level: "DISABLED" });
  const actors: string[] = [];
  const audit = { note: async ({ actor }: { actor: string }) => void actors.push(actor) };
  const test = await TestApp.create({}, () => [
    (app) =>
      serveRows(app, {
        routes: [{ methods: ["PUT"], paths: ["/populator/metadata"], handle: async () => "{}" }],
        isAuthEnabled: false,
        maxRequestBytes: 1_000,
        audit,
        log,
      }),
  ]);
  try {
    const token = await test.tokenOf("author");
    const put = (headers: Record<string, string>) =>
      test.app.inject({ method: "PUT", url: "/populator/metadata", payload: "{}", headers });
    expect((await put({ authorization: `Bearer ${token}` })).statusCode).toBe(200);
    // A cookie alone is sent by any page that somebody has opened.
    expect((await put({ cookie: `ofs_session=${token}` })).statusCode).toBe(200);
    expect((await put({})).statusCode).toBe(200);
    expect(actors).toEqual(["author@example.org", "anonymous 127.0.0.1", "anonymous 127.0.0.1"]);
  } finally {
    await test.close();
  }
});
