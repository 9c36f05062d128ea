import { describe, expect, it } from "vitest";
import {
  diffColumns,
  latestVersions,
  type RowColumn,
  type RowGroup,
  versionNumber,
} from "../../src/model/rows.ts";
import { rowGroup } from "./support/row-groups.ts";

function column(name: string, type: string, description = ""): RowColumn {
  return { name, type, description, tags: [] };
}

describe("versions", () => {
  it.each([
    ["v1", 1],
    ["v10", 10],
    ["v", 0],
    ["2", 0],
    ["v9999999999", 0],
  ])("of %s is %i", (version, number) => {
    expect(versionNumber(version)).toBe(number);
  });

  it("are compared as numbers, group by group", () => {
    const groups: RowGroup[] = [
      rowGroup("b", { version: "v9" }),
      rowGroup("b", { version: "v10" }),
      rowGroup("a", { version: "v1" }),
    ];
    const latest = latestVersions(groups).map(({ name, version }) => `${name} ${version}`);
    expect(latest).toEqual(["a v1", "b v10"]);
    expect(latestVersions([])).toEqual([]);
  });
});

describe("columns of two versions", () => {
  it("are added, removed or changed", () => {
    const before = [column("a", "INT"), column("b", "INT"), column("c", "TEXT", "old")];
    const after = [
      column("a", "INT"),
      column("b", "BIGINT"),
      column("c", "TEXT"),
      column("d", "INT"),
    ];
    expect(diffColumns(before, after)).toEqual({
      added: [column("d", "INT")],
      removed: [],
      changed: [
        { name: "b", before: "INT", after: "BIGINT" },
        { name: "c", before: "TEXT, “old”", after: "TEXT" },
      ],
    });
    expect(diffColumns(after, before).removed).toEqual([column("d", "INT")]);
  });

  it("are the same in another order", () => {
    const columns = [column("a", "INT"), column("b", "INT")];
    expect(diffColumns(columns, columns.toReversed())).toEqual({
      added: [],
      removed: [],
      changed: [],
    });
  });

  it("differ by their tags", () => {
    const tagged = { ...column("a", "INT"), tags: ["pii"] };
    expect(diffColumns([column("a", "INT")], [tagged]).changed).toEqual([
      { name: "a", before: "INT", after: "INT, tags pii" },
    ]);
  });
});
