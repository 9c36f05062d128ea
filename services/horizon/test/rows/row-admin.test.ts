import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryRegistrySource } from "@ofs/registry";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testRowLists } from "./lists-contract.ts";
import { testRaces } from "./races-contract.ts";
import { testRowAdmin } from "./row-admin-contract.ts";
import { entityBody, groupBody } from "./support/bodies.ts";
import { MemoryClusters } from "./support/memory-clusters.ts";
import { MemoryTopics } from "./support/memory-topics.ts";
import { RowApp } from "./support/row-app.ts";
import { testTenants } from "./tenants-contract.ts";

/** Many creations, one after the other in one file. */
const TIMEOUT_MS = 120_000;

describe("with the embedded database", { timeout: TIMEOUT_MS }, () => {
  const folder = mkdtempSync(join(tmpdir(), "ofs-rows-"));
  const topics = new MemoryTopics();
  const registry = new MemoryRegistrySource();
  let app: RowApp<MemoryClusters>;
  beforeAll(async () => {
    app = await RowApp.open({
      settings: { kind: "embedded", folder },
      clusters: new MemoryClusters("default-tenant", "second", "third"),
      topics,
      registry,
    });
  });
  afterAll(async () => {
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  });
  testRowAdmin(() => app);
  testRowLists(() => app);
  testTenants(
    () => app,
    () => topics,
  );
  testRaces(() => app);

  test("a creation whose publication was not told is published by whoever sends it again", async () => {
    await app.call("POST", "/entity", entityBody("p_users"));
    registry.goDown("cut");
    const body = groupBody("p_stats", "p_users");
    const failed = await app.call("POST", "/feature-group", body);
    expect(failed.failure).toMatchObject({
      status: 500,
      code: "FEATURE-GROUP-REGISTRATION-ERROR",
    });
    registry.comeUp();
    expect((await app.call("POST", "/feature-group", body)).status).toBe(200);
    expect((await app.published())["versions/p_stats"]).toMatchObject({ latestVersion: "v1" });
    const again = await app.call("POST", "/feature-group", body);
    expect(again.failure.code).toBe("FEATURE-GROUP-ALREADY-EXISTS-EXCEPTION");
  });

  test("a body that is too large is refused", async () => {
    const tags = Array.from({ length: 30_000 }, (_, index) => `tag-${index}`);
    const body = entityBody("too_large", {}, { tags });
    expect((await app.call("POST", "/entity", body)).failure).toMatchObject({
      status: 413,
      code: "INVALID_REQUEST",
    });
    const read = await app.call("GET", "/search/entities", { tags });
    expect(read.failure).toMatchObject({ status: 413, code: "INVALID_REQUEST" });
  });
});
