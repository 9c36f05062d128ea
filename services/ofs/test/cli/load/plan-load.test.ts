import { parseTreeFile } from "@ofs/registry";
import { describe, expect, it } from "vitest";
import { formatChanges, formatFaults } from "../../../src/cli/load/format-plan.ts";
import { planLoad } from "../../../src/cli/load/plan-load.ts";

function tree(entries: Readonly<Record<string, string>>) {
  const bytes = Object.entries(entries).map(([path, text]) => [path, Buffer.from(text)] as const);
  return { entries: new Map<string, Uint8Array>(bytes), revision: 3 };
}

const READER = "security: { reader: { ranker: { token: s3cret } } }";

describe("planLoad", () => {
  it("adds and changes, and deletes nothing", () => {
    const current = tree({ "storage/stores/1": "{}", "p2p-enabled-percentage": "5" });
    const plan = planLoad(current, parseTreeFile(`p2p-enabled-percentage: 7\n${READER}`, "yaml"));
    expect(plan.changes.map(({ path }) => path)).toEqual([
      "p2p-enabled-percentage",
      "security/reader/ranker",
    ]);
    expect(plan.newFaults).toEqual([]);
  });

  it("tells faults that it makes from those that are there already", () => {
    const current = tree({ "entities/old/label": "old" });
    const plan = planLoad(current, parseTreeFile("entities: { new: { label: new } }", "yaml"));
    expect(plan.oldFaults.map(({ path }) => path)).toEqual([
      expect.stringMatching(/^entities\/old/),
    ]);
    expect(plan.newFaults.map(({ path }) => path)).toEqual([
      expect.stringMatching(/^entities\/new/),
    ]);
    expect(formatFaults(plan.newFaults)).toMatch(
      /^ {2}entities\/new.*: .* \(disables the entity\)\n$/,
    );
  });

  it("has nothing to do the second time", () => {
    const wanted = parseTreeFile(READER, "yaml");
    const loaded = new Map(wanted.map(({ path, value }) => [path, value as Uint8Array]));
    expect(planLoad({ entries: loaded, revision: 1 }, wanted)).toMatchObject({
      changes: [],
      unchangedCount: 1,
    });
  });
});

describe("formatChanges", () => {
  it("shows old and new, but no token", () => {
    const current = tree({ "entities/a/label": "a", "security/reader/ranker": '{"token":"old"}' });
    const changes = [
      { path: "entities/a/label", value: Buffer.from("b") },
      { path: "entities/b/label", value: Buffer.from("b") },
      { path: "security/reader/ranker", value: Buffer.from('{"token":"new"}') },
    ];
    expect(formatChanges(current, changes)).toBe(
      [
        "~ entities/a/label: a -> b",
        "+ entities/b/label = b",
        "~ security/reader/ranker: (hidden) -> (hidden)",
        "",
      ].join("\n"),
    );
  });
});
