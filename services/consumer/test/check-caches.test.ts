import { parseSnapshot } from "@ofs/registry";
import { entityTree, type RegistryEntries } from "@ofs/testkit";
import { describe, expect, it } from "vitest";
import { checkCaches } from "../src/check-caches.ts";

const CACHED_IN = 2;

function snapshotOf(entries: RegistryEntries) {
  const store = JSON.stringify({ "db-type": "embedded", "conf-id": 0, table: "t" });
  const all = { ...entries, "storage/stores/1": store };
  return parseSnapshot(
    new Map(Object.entries(all).map(([path, text]) => [path, Buffer.from(text)])),
    1,
  );
}

const GROUPS = { state: { id: 0, type: "Int32", versions: [{ v: {} }], distributed: true } };
const snapshot = snapshotOf(entityTree("user", ["id"], GROUPS));

describe("checkCaches", () => {
  it("warns of an entity whose cache is not connected here", () => {
    expect(checkCaches(snapshot, true, () => undefined)).toEqual({
      status: "warning",
      detail: {
        staleCount: 1,
        notInvalidated: ["user: no distributed cache with conf-id 2"],
      },
    });
    const cacheFor = (confId: number) => (confId === CACHED_IN ? {} : undefined);
    expect(checkCaches(snapshot, true, cacheFor).status).toBe("ok");
  });

  it("is content where nothing is cached, nothing is known or nothing is to be invalidated", () => {
    const entries = entityTree("user", ["id"], GROUPS);
    entries["entities/user/distributed-cache/enabled"] = "false";
    expect(checkCaches(snapshotOf(entries), true, () => undefined).status).toBe("ok");
    expect(checkCaches(undefined, true, () => undefined).status).toBe("ok");
    expect(checkCaches(snapshot, false, () => undefined).status).toBe("ok");
  });
});
