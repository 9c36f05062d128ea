import { createLogger } from "@ofs/platform";
import { MemoryRegistrySource } from "@ofs/registry";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LiveCatalog } from "../../src/discovery/index.ts";
import { fleetPlugin } from "../../src/fleet/index.ts";
import type { FleetService } from "../../src/fleet/targets.ts";
import { EXAMPLE } from "../discovery/support/example-tree.ts";
import { TestApp } from "../support/test-app.ts";
import { Instances } from "./support/instances.ts";
import { consumerMetrics, serverMetrics } from "./support/scrape.ts";

const FLEET = "/api/v1/horizon/fleet";
const SECONDS = Date.UTC(2026, 0, 2) / 1000;

const log = createLogger({ service: "horizon", level: "DISABLED" });
let instances: Instances;
let catalog: LiveCatalog;
let source: MemoryRegistrySource;
let test: TestApp;

beforeEach(async () => {
  instances = new Instances();
  source = new MemoryRegistrySource({ ...EXAMPLE });
  catalog = new LiveCatalog(source, log);
  await catalog.start();
});

afterEach(async () => {
  await test.close();
  await catalog.close();
  await instances.stop();
});

async function open(services: readonly (readonly [FleetService, string])[]): Promise<void> {
  const targets = services.map(([service, url]) => ({ service, url }));
  test = await TestApp.create({}, ({ requests }) => [fleetPlugin(targets, catalog, requests)]);
}

// biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it.
async function get(path: string): Promise<any> {
  const reply = await test.call(await test.tokenOf("viewer"), "GET", path);
  expect([reply.statusCode, reply.body]).toEqual([200, expect.any(String)]);
  return reply.json();
}

describe(`GET ${FLEET}`, () => {
  it("tells of instances that are up, down and broken, each for itself", async () => {
    const up = await instances.start({ "/metrics": serverMetrics({ revision: 1 }) });
    const broken = await instances.start({ "/metrics": "<html>" });
    const down = await instances.startStopped();
    await open([
      ["api-server", up],
      ["api-server", broken],
      ["consumer", down],
    ]);
    const report = await get(FLEET);
    expect(report).toMatchObject({
      "window-seconds": null,
      "registry-revision": catalog.revision,
      reads: null,
      writes: null,
      ingest: null,
      services: [
        {
          service: "api-server",
          url: up,
          state: "ready",
          reasons: [],
          "metrics-problem": null,
          "started-at": "1970-01-01T00:16:40.000Z",
          "registry-revision": 1,
          "registry-state": "current",
        },
        {
          url: broken,
          state: "ready",
          "metrics-problem": 'line 1 of the metrics: no name: "<html>"',
          "registry-state": null,
        },
        { url: down, state: "down", "started-at": null, "registry-revision": null },
      ],
    });
  });

  it("sees who has not got a change yet", async () => {
    const late = await instances.start({ "/metrics": serverMetrics({ revision: 1 }) });
    await open([["api-server", late]]);
    const revision = await source.put("entities/user/label", "user");
    await catalog.waitFor(revision, 5_000);
    expect(await get(FLEET)).toMatchObject({
      "registry-revision": revision,
      services: [{ "registry-state": "behind" }],
    });
  });

  it("has nothing to tell where no services are configured", async () => {
    await open([]);
    expect(await get(FLEET)).toMatchObject({ services: [], reads: null, caches: [] });
  });

  it("is for people who are signed in", async () => {
    await open([]);
    for (const path of [FLEET, `${FLEET}/last-writes?entity=user`, "/api/v1/horizon/counts"]) {
      expect((await test.app.inject(path)).statusCode).toBe(401);
    }
  });
});

describe(`GET ${FLEET}/last-writes`, () => {
  it("has the groups of one entity, or one of them, by who wrote", async () => {
    const lastWrites = { "user/core": SECONDS, "user/more": SECONDS + 60, "item/core": 1 };
    const server = await instances.start({ "/metrics": serverMetrics({ lastWrites }) });
    const ingested = { "user/core": SECONDS + 1.5 };
    const consumer = await instances.start({
      "/metrics": consumerMetrics({ lastWrites: ingested }),
    });
    await open([
      ["api-server", server],
      ["consumer", consumer],
    ]);
    const core = {
      entity: "user",
      "feature-group": "core",
      "ingested-at": "2026-01-02T00:00:01.500Z",
      "written-at": "2026-01-02T00:00:00.000Z",
    };
    const all = await get(`${FLEET}/last-writes?entity=user`);
    expect(all).toMatchObject({
      "has-services": true,
      "is-ingestion-known": true,
      "are-calls-known": true,
    });
    expect(all.groups).toEqual([
      core,
      {
        entity: "user",
        "feature-group": "more",
        "ingested-at": null,
        "written-at": "2026-01-02T00:01:00.000Z",
      },
    ]);
    const one = await get(`${FLEET}/last-writes?entity=user&feature-group=core`);
    expect(one.groups).toEqual([core]);
  });

  it("says who has not told", async () => {
    const consumer = await instances.start({ "/metrics": consumerMetrics() });
    const down = await instances.startStopped();
    await open([
      ["api-server", await instances.start({ "/metrics": serverMetrics() })],
      ["api-server", down],
      ["consumer", consumer],
    ]);
    expect(await get(`${FLEET}/last-writes?entity=user`)).toMatchObject({
      "is-ingestion-known": true,
      "are-calls-known": false,
    });
  });

  it("says when nobody could know", async () => {
    await open([]);
    const answer = await get(`${FLEET}/last-writes?entity=user`);
    expect(answer).toMatchObject({
      "has-services": false,
      "is-ingestion-known": false,
      "are-calls-known": false,
      groups: [],
    });
  });
});

describe("GET /api/v1/horizon/counts", () => {
  it("counts what the registry has, and again after a change", async () => {
    await open([]);
    const counts = await get("/api/v1/horizon/counts");
    const { entities } = catalog.current();
    const groups = [...entities.values()].flatMap((entity) => [...entity.groups.values()]);
    const features = groups.map(
      (group) => group.version(group.activeVersion)?.features.length ?? 0,
    );
    expect(counts).toMatchObject({
      entities: entities.size,
      "feature-groups": groups.length,
      features: features.reduce((sum, count) => sum + count, 0),
      "waiting-requests": 0,
    });
    expect(counts.features).toBeGreaterThan(2);
    const revision = await source.put("entities/planet/label", "planet");
    await catalog.waitFor(revision, 5_000);
    expect((await get("/api/v1/horizon/counts")).entities).toBe(entities.size + 1);
  });

  it("counts all waiting requests for approvers, and their own for others", async () => {
    await open([]);
    const request = {
      kind: "job",
      payload: {},
      status: "PENDING APPROVAL",
      createdBy: "viewer@example.org",
    } as const;
    const { rows } = test.database.requests;
    const add = (id: number, change: object): void => {
      rows.push({ ...request, id, ...change } as unknown as (typeof rows)[number]);
    };
    add(1, {});
    add(2, { createdBy: "somebody@example.org" });
    add(3, { status: "APPROVED" });
    expect((await get("/api/v1/horizon/counts"))["waiting-requests"]).toBe(1);
    const token = await test.tokenOf("approver");
    const reply = await test.call(token, "GET", "/api/v1/horizon/counts");
    expect(reply.json()).toMatchObject({ "waiting-requests": 2 });
  });
});
