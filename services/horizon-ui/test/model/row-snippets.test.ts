import { describe, expect, it } from "vitest";
import { type RowSnippetTarget, rowSnippetsFor } from "../../src/model/row-snippets.ts";
import { COLUMN_TYPES, type RowColumn } from "../../src/model/rows.ts";

function column(name: string, type: string): RowColumn {
  return { name, type, description: "", tags: [] };
}

const TARGET: RowSnippetTarget = {
  address: "http://ofs:8080",
  broker: "kafka:9092",
  entity: {
    columns: [column("user_id", "BIGINT"), column("country", "TEXT"), column("day", "TIMESTAMP")],
    primaryKeys: ["user_id", "day"],
  },
  group: {
    name: "stats",
    version: "v2",
    columns: [column("wins", "INT"), column("is_new", "BOOLEAN")],
  },
  topic: "rows",
};

function bodyOf(command: string): unknown {
  return JSON.parse(/-d '([^']*)'/.exec(command)?.[1] ?? "");
}

describe("code of the row dialect", () => {
  it("names the group, its version, its keys and columns", () => {
    const snippets = rowSnippetsFor(TARGET);
    expect(snippets.map(({ language }) => language)).toEqual([
      "curl",
      "TypeScript",
      "Python",
      "Kafka",
    ]);
    for (const { write } of snippets) {
      for (const name of ["stats", "v2", "user_id", "day", "wins", "is_new"]) {
        expect(write).toContain(name);
      }
    }
  });

  it("sends bodies of the published form", () => {
    const [curl] = rowSnippetsFor(TARGET);
    expect(bodyOf(curl?.write ?? "")).toEqual({
      featureGroupName: "stats",
      featureGroupVersion: "v2",
      features: {
        names: ["user_id", "day", "wins", "is_new"],
        values: [[42, 1_767_225_600_000, 42, true]],
      },
    });
    expect(bodyOf(curl?.read ?? "")).toEqual({
      featureGroupName: "stats",
      featureGroupVersion: "v2",
      featureColumns: ["wins", "is_new"],
      primaryKeys: { names: ["user_id", "day"], values: [[42, 1_767_225_600_000]] },
    });
  });

  it("has no Kafka without a topic", () => {
    const languages = rowSnippetsFor({ ...TARGET, topic: undefined }).map((each) => each.language);
    expect(languages).toEqual(["curl", "TypeScript", "Python"]);
  });

  it("says true as Python says it, and not in names", () => {
    const group = { ...TARGET.group, columns: [column("true", "BOOLEAN")] };
    const python = rowSnippetsFor({ ...TARGET, group })[2];
    expect(python?.write).toContain('"true"]');
    expect(python?.write).toContain(", True]");
  });

  it.each(Object.keys(COLUMN_TYPES))("has a value for %s, as JSON", (type) => {
    const group = { ...TARGET.group, columns: [column("a", type)] };
    const [curl] = rowSnippetsFor({ ...TARGET, group });
    expect(bodyOf(curl?.write ?? "")).toHaveProperty("features.values.0.2");
  });
});
