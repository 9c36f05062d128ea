import { applyChanges, createTree } from "@ofs/registry";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toEntries } from "../support/entries.ts";

const path = fc
  .array(fc.constantFrom("a", "b", "c"), { maxLength: 3 })
  .map((names) => names.join("/"));
const change = fc.record({
  path,
  value: fc.constantFrom<(Buffer | undefined)[]>(
    undefined,
    Buffer.from("1"),
    Buffer.from("2"),
    Buffer.alloc(0),
  ),
});

describe("the tree of nodes", () => {
  it("property: changes give the tree that is built of the changed entries", () => {
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 5 }), { maxLength: 10 }), (batches) => {
        let root = createTree(new Map());
        const entries = new Map<string, Uint8Array>();
        for (const batch of batches) {
          root = applyChanges(root, batch);
          for (const { path: at, value } of batch) {
            if (value === undefined) entries.delete(at);
            else entries.set(at, value);
          }
          expect(root).toEqual(createTree(entries));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("shares what is beside the change", () => {
    const before = createTree(toEntries({ "a/x": "1", "b/x": "1" }));
    const after = applyChanges(before, [{ path: "a/x", value: Buffer.from("2") }]);
    expect(after.children.get("b")).toBe(before.children.get("b"));
    expect(after.children.get("a")).not.toBe(before.children.get("a"));
    expect(before.children.get("a")?.children.get("x")?.values).toEqual([Buffer.from("1")]);
  });
});
