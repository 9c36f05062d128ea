import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ChangeService } from "../../../src/apply/index.ts";
import { LiveCatalog } from "../../../src/discovery/catalog/live-catalog.ts";
import { DriftReporter } from "../../../src/discovery/drift/drift-reporter.ts";
import { MemoryWorld, SCYLLA, silentLog } from "../../apply/support/memory-world.ts";
import { approveAll, feature, groundwork, oneOfEach } from "../../apply/support/scenario.ts";

let world: MemoryWorld;
let changes: ChangeService;
let catalog: LiveCatalog;
let reporter: DriftReporter;

beforeEach(async () => {
  world = await MemoryWorld.open();
  changes = world.service();
  catalog = new LiveCatalog(world.registry, silentLog);
  await catalog.start();
  const { requests, audit } = world.database;
  reporter = new DriftReporter({
    catalog,
    requests,
    audit,
    tables: world.tables,
    author: world.registry,
    log: silentLog,
    now: Date.now,
  });
});

afterEach(async () => {
  await catalog.close();
  await world.close();
});

async function differences() {
  await catalog.waitFor(world.registry.revision, 5_000);
  return (await reporter.report()).differences;
}

describe("what the control plane has carried out", () => {
  it("is no drift, for all kinds of changes, one after the other", async () => {
    for (const ask of [...groundwork(SCYLLA), ...oneOfEach(SCYLLA)]) {
      await approveAll(changes, [ask]);
      expect(await differences(), `after ${ask.kind}`).toEqual([]);
    }
    const { requestCount } = await reporter.report();
    expect(requestCount).toBe(groundwork(SCYLLA).length + oneOfEach(SCYLLA).length);
  });

  it("is no drift where features come, change their sources, go, and come again", async () => {
    await approveAll(changes, groundwork(SCYLLA));
    const group = { "entity-label": "longer", "feature-group-label": "g" };
    await approveAll(changes, [
      { kind: "features-add", body: { ...group, features: [feature("x"), feature("y")] } },
      {
        kind: "features-edit",
        body: { ...group, features: [{ labels: "x", "source-data-column": "other" }] },
      },
      {
        kind: "features-edit",
        body: { ...group, features: [feature("y", { "storage-provider": "" })] },
      },
      { kind: "features-delete", body: { ...group, "feature-labels": ["x"] } },
      { kind: "features-add", body: { ...group, features: [feature("x")] } },
    ]);
    expect(await differences()).toEqual([]);
  });

  it("is put right again where somebody has damaged it", async () => {
    await approveAll(changes, groundwork(SCYLLA));
    const before = await world.tree();
    const root = "entities/longer/feature-groups/g";
    const [source] = Object.keys(before).filter((path) => path.startsWith("source/longer|g|"));
    await world.registry.delete(source ?? "");
    await world.registry.put(`${root}/ttl-in-seconds`, "7");
    await world.registry.put("source/longer|g|nobody", "TABLE|db.t|c|0");
    const found = await differences();
    expect(found.map(({ kind }) => kind).sort()).toEqual([
      "group-differs",
      "source-missing",
      "source-stray",
    ]);
    for (const { id } of found) {
      expect(await reporter.repair([id], "admin@x.io")).toMatchObject([{ result: "repaired" }]);
    }
    expect(await differences()).toEqual([]);
    expect(await world.tree()).toEqual(before);
    expect(await world.actions()).toContain("admin@x.io drift.repair source longer|g|nobody");
  });
});
