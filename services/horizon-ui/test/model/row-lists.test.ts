import { describe, expect, it } from "vitest";
import type { Consumer } from "../../src/model/row-effects.ts";
import { rowHits } from "../../src/model/row-hits.ts";
import type { RowEntity } from "../../src/model/rows.ts";
import { tenantList, topicList } from "../../src/model/tenant-list.ts";
import { rowGroup } from "./support/row-groups.ts";

const ENTITY: RowEntity = {
  ...{ name: "players", state: "LIVE", owner: "ada@example.org", tags: ["people"] },
  ...{ description: "", createdAtMs: 0, updatedAtMs: 0, primaryKeys: ["user_id"], ttlSeconds: 0 },
  columns: [{ name: "user_id", type: "BIGINT", description: "", tags: [] }],
};

function consumer(tenant: string, topic: string, partitionCount: number): Consumer {
  const known = { topicPartitionCount: partitionCount, topicFault: "" };
  return { tenant, topic, partitionCount, consumerCount: 1, ...known };
}

describe("hits of a search", () => {
  const find = (text: string) =>
    rowHits(
      {
        entities: [ENTITY],
        featureGroups: [rowGroup("stats"), rowGroup("stats", { version: "v2" })],
      },
      text,
    ).map(({ kind, name, place }) => `${kind} ${name}: ${place}`);

  it("are names, columns, tags and owners, each group once", () => {
    expect(find("stats")).toContain("feature-group stats: players/stats");
    expect(find("WINS")).toContain("feature wins: players/stats/wins");
    expect(find("people")).toContain("entity players: tag people");
    expect(find("ada@")).toContain("feature-group stats: players/stats, owner ada@example.org");
    expect(find("stats").filter((line) => line.startsWith("feature-group"))).toHaveLength(1);
  });

  it("begin with what is called so", () => {
    expect(find("user_id")[0]).toBe("feature user_id: players/user_id");
  });
});

describe("tenants", () => {
  it("are all that anything names, by role, of the latest versions", () => {
    const tenants = { read: "a", write: "b", consume: "c" };
    const groups = [rowGroup("stats"), rowGroup("stats", { version: "v2", tenants })];
    expect(tenantList(groups, [consumer("c", "rows", 4), consumer("d", "other", 1)])).toEqual([
      { name: "a", groups: { read: ["stats"], write: [], consume: [] }, topic: undefined },
      { name: "b", groups: { read: [], write: ["stats"], consume: [] }, topic: undefined },
      { name: "c", groups: { read: [], write: [], consume: ["stats"] }, topic: "rows" },
      { name: "d", groups: { read: [], write: [], consume: [] }, topic: "other" },
    ]);
  });

  it("may share a topic", () => {
    const shared = [consumer("b", "rows", 4), consumer("a", "rows", 8)];
    expect(topicList([consumer("c", "z", 1), ...shared])).toMatchObject([
      { name: "rows", tenants: ["b", "a"], partitionCount: 8, actualPartitionCount: 4 },
      { name: "z", tenants: ["c"] },
    ]);
  });
});
