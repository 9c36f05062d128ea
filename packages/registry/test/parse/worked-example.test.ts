import { createHash } from "node:crypto";
import { dataTypeByName } from "@ofs/codec";
import { parseSnapshot } from "@ofs/registry";
import { describe, expect, it } from "vitest";
import { foldToJson, parseExample, type TextEntries, toEntries } from "../support/entries.ts";
import { WORKED_EXAMPLE } from "../support/worked-example.ts";

describe("parseSnapshot: the worked example", () => {
  const snapshot = parseExample();
  const user = snapshot.entities.get("user");

  it("has no faults", () => {
    expect(snapshot.faults).toEqual([]);
    expect(snapshot.disabledEntities.size).toBe(0);
    expect(snapshot.revision).toBe(1);
    expect(snapshot.peerCachePercentage).toBe(0);
  });

  it("describes the entity", () => {
    expect(user?.label).toBe("user");
    expect(user?.keys).toEqual([{ label: "user_id", columnLabel: "user_id" }]);
    expect(user?.keyIndexes.get("user_id")).toBe(0);
    expect(user?.distributedCache).toEqual({
      isEnabled: true,
      ttlSeconds: 600,
      jitterPercent: 10,
      confId: 2,
    });
    expect(user?.processCache).toEqual({
      isEnabled: true,
      ttlSeconds: 60,
      jitterPercent: 10,
      confId: 3,
    });
    expect(user?.peerCache.isEnabled).toBe(false);
    expect(user?.distributedGroups.map((group) => group.label)).toEqual(["scores", "tags"]);
  });

  it("describes a numeric feature group", () => {
    const scores = user?.groups.get("scores");
    expect(scores).toMatchObject({
      entityLabel: "user",
      label: "scores",
      id: 0,
      storeId: "1",
      ttlSeconds: 86_400,
      layoutVersion: 1,
      isProcessCached: true,
      isDistributedCached: true,
      columns: ["seg_0"],
    });
    expect(scores?.dataType).toBe(dataTypeByName("DataTypeFP32"));
    expect(scores?.active).toBe(scores?.versions.get(1));
    expect(scores?.active.labels).toEqual(["ctr", "cvr"]);
    expect(scores?.active.sequences.get("cvr")).toBe(1);
    expect(scores?.active.layout.featureCount).toBe(2);
    expect(scores?.active.defaults.map((bytes) => Buffer.from(bytes).readFloatLE())).toEqual([
      0, -1,
    ]);
  });

  it("keeps all versions of a string feature group", () => {
    const tags = user?.groups.get("tags");
    expect([...(tags?.versions.keys() ?? [])]).toEqual([1, 2]);
    expect(tags?.active.version).toBe(2);
    expect(tags?.active.layout.stringLengths).toEqual([16, 16]);
    expect(tags?.active.defaults.map((bytes) => Buffer.from(bytes).toString())).toEqual([
      "na",
      "na",
    ]);
    expect(tags?.isProcessCached).toBe(false);
    expect(tags?.isDistributedCached).toBe(true);
  });

  it("describes store, reader and breaker", () => {
    expect(snapshot.stores.get("1")).toEqual({
      id: "1",
      dbType: "scylla",
      confId: 1,
      table: "user_features",
      maxColumnSizeBytes: 1024,
      maxRowSizeBytes: 102_400,
      primaryKeys: ["user_id"],
      tableTtlSeconds: 0,
    });
    const sha256 = createHash("sha256").update("s3cret").digest();
    expect(snapshot.readers.get("ranker")).toEqual({
      callerId: "ranker",
      credentials: [{ sha256, untilSeconds: undefined }],
      isRevoked: false,
      entities: undefined,
      mayRead: true,
      mayWrite: true,
    });
    expect(snapshot.readers.has("user_job")).toBe(false);
    expect(snapshot.breakers.get("distributed_cache")).toEqual({
      name: "distributed_cache",
      isEnabled: true,
      failureRateThreshold: 50,
      failureRateMinimumExecutions: 100,
      failureRateWindowMs: 10_000,
      successCountThreshold: 8,
      successCountWindow: 10,
      openMs: 5_000,
      keys: new Map([["distributed_cache_retrieval", { isEnabled: true, forcedState: "none" }]]),
    });
  });
});

describe("parseSnapshot: forms of one tree", () => {
  const expected = parseExample();

  it.each([
    "",
    "entities",
    "entities/user",
    "entities/user/keys",
    "entities/user/keys/0",
    "entities/user/distributed-cache",
    "entities/user/feature-groups",
    "entities/user/feature-groups/scores",
    "entities/user/feature-groups/scores/columns",
    "entities/user/feature-groups/scores/features",
    "entities/user/feature-groups/scores/features/1",
    "security",
    "storage",
    "circuitbreaker",
  ])("is the same with a JSON value at %j", (root) => {
    const entries = foldToJson(WORKED_EXAMPLE, root);
    expect(parseSnapshot(toEntries(entries), 1)).toEqual(expected);
  });

  it("is the same with JSON values at several levels, one above the other", () => {
    let entries: TextEntries = WORKED_EXAMPLE;
    entries = foldToJson(entries, "entities/user/feature-groups/tags");
    entries = foldToJson(entries, "entities/user/in-memory-cache");
    const half = Object.entries(entries).filter(([path]) => !path.includes("scores/"));
    const scores = Object.entries(entries).filter(([path]) => path.includes("scores/"));
    entries = {
      ...foldToJson(Object.fromEntries(half), "entities"),
      ...Object.fromEntries(scores),
    };
    expect(parseSnapshot(toEntries(entries), 1)).toEqual(expected);
  });

  it("is the same with breaker, store, reader and feature-meta as sub-keys", () => {
    const entries: Record<string, string> = {};
    for (const [path, text] of Object.entries(WORKED_EXAMPLE)) spread(entries, path, text);
    expect(Object.keys(entries)).toContain("storage/stores/1/db-type");
    expect(parseSnapshot(toEntries(entries), 1)).toEqual(expected);
  });

  it("is the same with JSON inside JSON text", () => {
    const entries = {
      ...WORKED_EXAMPLE,
      "storage/stores": JSON.stringify({ "1": WORKED_EXAMPLE["storage/stores/1"] }),
      "storage/stores/1": undefined,
    };
    expect(parseSnapshot(toEntries(entries), 1)).toEqual(expected);
  });

  it("compares field names without dashes and case, and keeps entry names as spelled", () => {
    const entries = Object.entries(WORKED_EXAMPLE).map(([path, text]) => [
      path
        .replace("feature-groups", "featureGroups")
        .replace("data-type", "DataType")
        .replace("p2p-enabled", "p2pEnabled")
        .replace("entities", "Entities"),
      text,
    ]);
    expect(parseSnapshot(toEntries(Object.fromEntries(entries)), 1)).toEqual(expected);
  });

  it("prefers sub-keys to JSON, and nearer JSON to farther", () => {
    const snapshot = parseExample({
      entities: '{"user":{"distributed-cache":{"ttl-in-seconds":1,"jitter-percentage":1}}}',
      "entities/user": '{"distributed-cache":{"ttl-in-seconds":2,"jitter-percentage":2}}',
      "entities/user/distributed-cache/ttl-in-seconds": "3",
      "entities/user/distributed-cache/jitter-percentage": undefined,
    });
    expect(snapshot.entities.get("user")?.distributedCache).toMatchObject({
      ttlSeconds: 3,
      jitterPercent: 2,
    });
  });

  it("counts empty values as absent, and ignores unknown keys and other services'", () => {
    const snapshot = parseExample({
      "entities/user/unknown": "x",
      "entities/user/feature-groups/scores/unknown/deep/down": "x",
      "entities/ghost": "",
      "entities/ghost/label": "",
      "storage/stores/2": "",
      "source/user|scores|ctr": "TABLE|/base|/data|0",
      "/odd": "x",
      "entities//label": "x",
      "entities/user/label/": "x",
    });
    expect(snapshot).toEqual(expected);
  });

  it("takes booleans as true, false, 1, 0", () => {
    const path = "entities/user/feature-groups/tags/in-memory-cache-enabled";
    const isCached = (text: string) =>
      parseExample({ [path]: text })
        .entities.get("user")
        ?.groups.get("tags")?.isProcessCached;
    expect(["true", "1", "false", "0"].map(isCached)).toEqual([true, true, false, false]);
  });
});

/** Writes a JSON object as sub-keys. */
function spread(entries: Record<string, string>, path: string, text: string): void {
  if (!text.startsWith("{")) {
    entries[path] = text;
    return;
  }
  for (const [name, value] of Object.entries(JSON.parse(text))) {
    const member = typeof value === "string" ? value : JSON.stringify(value);
    spread(entries, `${path}/${name}`, member);
  }
}
