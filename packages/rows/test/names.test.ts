import {
  foldName,
  isEntityName,
  isTenantName,
  legacyColumnType,
  parseLegacyColumn,
  parseVersion,
  storageColumn,
} from "@ofs/rows";
import { describe, expect, it } from "vitest";

describe("names", () => {
  it("makes storage names in lower case, with the version where there is one", () => {
    const versioned = { featureGroupName: "User_Stats", versionEnabled: true };
    expect(storageColumn(versioned, "v12", "Wins")).toBe("user_stats__v12__wins");
    expect(storageColumn({ ...versioned, versionEnabled: false }, "v1", "Wins")).toBe(
      "user_stats__wins",
    );
    expect(foldName("AbC_1")).toBe("abc_1");
  });

  it("tells allowed names", () => {
    expect(["a", "A_1", "a__b", "x".repeat(48)].map(isEntityName)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(["", "_a", "1", "a-b", "é", "x".repeat(49), "a\n"].some(isEntityName)).toBe(false);
    expect(["a", "1", "-", "a_B-9"].every(isTenantName)).toBe(true);
    expect(["", "a/b", "a b", "ü", "x".repeat(201)].some(isTenantName)).toBe(false);
  });

  it("divides old column names at the last separator", () => {
    expect(parseLegacyColumn("fg__col")).toEqual({ groupName: "fg", column: "col" });
    expect(parseLegacyColumn("a__b__c")).toEqual({ groupName: "a__b", column: "c" });
    expect(parseLegacyColumn("a____c")).toEqual({ groupName: "a__", column: "c" });
    expect(["col", "__col", "fg__", "", "a_b"].map(parseLegacyColumn)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("reads versions", () => {
    expect(parseVersion("v17")).toBe(17);
    expect(["v0", "v01", "1", "V1", "v", "v1 ", "v-1"].map(parseVersion).filter(Boolean)).toEqual(
      [],
    );
  });

  it("knows the types of old clients in any case", () => {
    expect(
      ["STR", "String", "long", "byte", "Short", "date", "double"].map(legacyColumnType),
    ).toEqual(["VARCHAR", "VARCHAR", "BIGINT", "INT", "INT", "TIMESTAMP", "DOUBLE"]);
    expect(legacyColumnType("map")).toBeUndefined();
  });
});
