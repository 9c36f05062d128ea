import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmbeddedLog, EmbeddedLogAdmin } from "@ofs/ingest";
import { EmbeddedRegistrySource, openEmbeddedEnvironment } from "@ofs/store";
import { afterAll, beforeAll, describe } from "vitest";
import { ClusterConnections } from "../../../src/rows/tenants/cluster-connections.ts";
import { EmbeddedTopics } from "../../../src/rows/topics/embedded-topics.ts";
import { silentLog } from "../../database/new-requests.ts";
import { testAdmin } from "./admin-contract.ts";
import { AdminWorld } from "./admin-world.ts";

const TIMEOUT_MS = 120_000;

describe("on embedded stores", { timeout: TIMEOUT_MS }, () => {
  const folder = mkdtempSync(join(tmpdir(), "ofs-row-contract-"));
  const environment = openEmbeddedEnvironment(folder);
  const registry = new EmbeddedRegistrySource(environment, "row");
  const settings = {
    confIds: new Map<string, number>(),
    hostPattern: undefined,
    keyspace: "ofs",
    consistency: "LOCAL_QUORUM",
  } as const;
  const clusters = new ClusterConnections(
    { settings, scylla: [], embedded: environment },
    silentLog,
  );
  let log: EmbeddedLog;
  let world: AdminWorld;

  beforeAll(async () => {
    log = await EmbeddedLog.open(join(folder, "log"), { log: silentLog });
    const topics = new EmbeddedTopics(new EmbeddedLogAdmin(log), 3_600_000);
    const database = { kind: "embedded", folder } as const;
    world = await AdminWorld.open({ database, registry, clusters, topics });
  }, TIMEOUT_MS);

  afterAll(async () => {
    await world?.app.close();
    await clusters.close();
    await registry.close();
    await log?.close();
    await environment.close();
    rmSync(folder, { recursive: true, force: true });
  }, TIMEOUT_MS);

  testAdmin(() => world, {
    topicPrefix: "rows",
    retentionMs: 3_600_000,
    growsTopics: false,
    refusesTenants: false,
  });
});
