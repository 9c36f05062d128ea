import { describe, expect, it } from "vitest";
import { COLUMN_LINES_MAX, parseColumnLines } from "../../src/model/column-lines.ts";
import {
  EMPTY_COLUMN,
  type EntityDraft,
  entityBody,
  formFieldOf,
  groupBody,
  nextVersionDraft,
} from "../../src/model/row-drafts.ts";
import { rowGroup } from "./support/row-groups.ts";

const ENTITY: EntityDraft = {
  name: " players ",
  columns: [{ ...EMPTY_COLUMN, name: "user_id", type: "BIGINT" }],
  keys: ["user_id"],
  ttl: 60,
  owner: "ada@example.org",
  tags: ["people"],
  description: "",
};

describe("bodies of creations", () => {
  it("are those of the published form", () => {
    expect(entityBody(ENTITY)).toEqual({
      entity: {
        tableName: "players",
        features: [{ name: "user_id", type: "BIGINT", description: "", tags: [] }],
        primaryKeys: ["user_id"],
        ttl: 60,
      },
      owner: "ada@example.org",
      tags: ["people"],
      description: "",
    });
  });

  it.each(["", 0, "0"])("have no TTL where it is %j", (ttl) => {
    expect(entityBody({ ...ENTITY, ttl })).not.toHaveProperty("entity.ttl");
  });

  it("of a further version begin as the latest is, tags of columns too", () => {
    const wins = { name: "wins", type: "INT", description: "d", tags: ["sum"] };
    const group = rowGroup("stats", { columns: [wins], type: "OFFLINE" });
    expect(groupBody(nextVersionDraft(group))).toMatchObject({
      featureGroup: {
        featureGroupName: "stats",
        entityName: "players",
        versionEnabled: true,
        featureGroupType: "OFFLINE",
        features: [wins],
      },
    });
  });

  it.each([
    ["entity.tableName", "name"],
    ["entity.features.2.type", "columns.2.type"],
    ["entity.features", "columns"],
    ["featureGroup.featureGroupName", "name"],
    ["featureGroup.entityName", "entity"],
    ["owner", "owner"],
    ["", ""],
  ])("have %s at the field %s of the form", (body, form) => {
    expect(formFieldOf(body)).toBe(form);
  });
});

describe("pasted columns", () => {
  it("are separated by tabs or semicolons, types in any case", () => {
    const { columns, faults } = parseColumnLines("a\tint\tof a; b\n\n b ; Text \r\n");
    expect(faults).toEqual([]);
    expect(columns).toEqual([
      { name: "a", type: "INT", description: "of a; b", tags: [] },
      { name: "b", type: "TEXT", description: "", tags: [] },
    ]);
  });

  it.each([
    [";INT", "line 1 has no name"],
    ["a", 'line 1: there is no type ""'],
    ["a;LIST", 'line 1: there is no type "LIST"'],
    ["a;INT;b;c", "line 1 has 4 parts, 3 at most"],
  ])("that are wrong are told by line: %s", (line, fault) => {
    expect(parseColumnLines(line)).toEqual({ columns: [], faults: [fault] });
  });

  it("are not read beyond the limit", () => {
    const lines = Array.from({ length: COLUMN_LINES_MAX + 1 }, (_, index) => `c${index};INT`);
    const { columns, faults } = parseColumnLines(lines.join("\n"));
    expect(columns).toEqual([]);
    expect(faults).toEqual(["501 lines, 500 at most"]);
  });
});
