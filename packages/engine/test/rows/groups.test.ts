import { RowCatalog } from "@ofs/rows";
import { describe, expect, test } from "vitest";
import { catalogOf, entityOf, groupOf } from "../../../rows/test/support/row-objects.ts";
import { Groups, UNKNOWN_NAME_WAIT_MS } from "../../src/rows/groups.ts";

const ENTITY = entityOf("user", { id: "INT" }, ["id"]);
const KNOWN = catalogOf([ENTITY], [groupOf("stats", "user", { wins: "INT" })]);
const ADDRESS = { featureGroupName: "stats", featureGroupVersion: undefined };

/** A registry that learns of something while it is waited for. */
function learning(before: RowCatalog, after: RowCatalog) {
  const waits: number[] = [];
  let current = before;
  const groups = new Groups({
    catalog: () => current,
    async waitForCurrent(maxMs) {
      waits.push(maxMs);
      current = after;
    },
  });
  return {
    groups,
    waits,
    learn(catalog: RowCatalog) {
      current = catalog;
    },
  };
}

describe("a group that is not known", () => {
  test("is waited for, and found if the registry learns of it meanwhile", async () => {
    const { groups, waits } = learning(RowCatalog.EMPTY, KNOWN);
    expect((await groups.locate(ADDRESS)).group.metadata.version).toBe("v1");
    expect(waits).toEqual([UNKNOWN_NAME_WAIT_MS]);
    expect(groups.locate(ADDRESS)).not.toBeInstanceOf(Promise);
  });

  test("is waited for once, until the registry changes", async () => {
    const { groups, waits, learn } = learning(RowCatalog.EMPTY, RowCatalog.EMPTY);
    const code = "OFS-V2-ADMIN-SERVICE-EXCEPTION";
    for (let round = 0; round < 3; round++) {
      await expect(groups.locate(ADDRESS)).rejects.toMatchObject({ code });
    }
    expect(waits).toHaveLength(1);
    learn(catalogOf([ENTITY], []));
    await expect(groups.locate(ADDRESS)).rejects.toMatchObject({ code });
    expect(waits).toHaveLength(2);
    learn(KNOWN);
    expect((await groups.locate(ADDRESS)).group.metadata.name).toBe("stats");
  });
});

describe("a group that cannot be served", () => {
  test("says so where its metadata could not be read", async () => {
    const faults = [{ path: "feature-groups/stats/v1", reason: "not JSON" }];
    const parts = { entities: [], groups: [], versions: [], consumers: [], populators: [] };
    const { groups } = learning(RowCatalog.EMPTY, RowCatalog.build(parts, undefined, faults));
    await expect(groups.locate(ADDRESS)).rejects.toMatchObject({
      code: "DarwinOfsV2-UNKNOWN-EXCEPTION",
      message: "Something went wrong",
      cause: "feature-groups/stats/v1: not JSON",
    });
  });
});
