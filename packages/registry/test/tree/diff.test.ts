import { diffTree, parseTreeFile } from "@ofs/registry";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toEntries } from "../support/entries.ts";

describe("diffTree", () => {
  it("finds added, changed and removed paths", () => {
    const changes = diffTree(
      toEntries({ same: "1", changed: "1", removed: "1" }),
      toEntries({ same: "1", changed: "2", added: "1" }),
    );
    expect(changes).toEqual([
      { path: "changed", value: Buffer.from("2") },
      { path: "added", value: Buffer.from("1") },
      { path: "removed", value: undefined },
    ]);
  });

  it("keeps others if told so", () => {
    const changes = diffTree(toEntries({ a: "1", b: "1" }), toEntries({ a: "2" }), {
      keepsOthers: true,
    });
    expect(changes).toEqual([{ path: "a", value: Buffer.from("2") }]);
  });

  it("loading a tree file twice changes nothing the second time", () => {
    const wanted = parseTreeFile("entities: {user: {label: user}}", "yaml");
    const first = diffTree(new Map(), wanted);
    const loaded = new Map(first.map(({ path, value }) => [path, value as Uint8Array]));
    expect(first.length).toBe(1);
    expect(diffTree(loaded, wanted)).toEqual([]);
  });

  it("property: applied to the one tree it gives the other", () => {
    const tree = fc.dictionary(fc.constantFrom("a", "b", "c", "a/b"), fc.constantFrom("0", "1"));
    fc.assert(
      fc.property(tree, tree, (from, to) => {
        const entries = toEntries(from);
        for (const { path, value } of diffTree(entries, toEntries(to))) {
          if (value === undefined) entries.delete(path);
          else entries.set(path, value);
        }
        expect(new Map([...entries].sort())).toEqual(new Map([...toEntries(to)].sort()));
      }),
      { numRuns: 200 },
    );
  });
});
