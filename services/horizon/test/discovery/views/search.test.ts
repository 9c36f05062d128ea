import { describe, expect, it } from "vitest";
import { type SearchKind, search } from "../../../src/discovery/views/search.ts";
import { exampleCatalog } from "../support/example-tree.ts";

const catalog = exampleCatalog();

function find(text: string, kinds?: readonly SearchKind[], limit = 20): string[] {
  const { hits } = search(catalog, { text, kinds, limit });
  return hits.map((hit) => `${hit.kind} ${hit.label}`);
}

describe("search", () => {
  it.each([
    ["user", ["entity user", "job user_job"]],
    ["USER", ["entity user", "job user_job"]],
    ["ctr", ["feature ctr"]],
    ["c1", ["source db.t.c1"]],
    ["user_features", ["store 1"]],
    ["ranker", ["client ranker"]],
    ["user_id", ["entity user"]],
    ["core cvr", ["feature cvr"]],
    ["zone", ["feature zone", "source gs://bucket/zones.zone"]],
    ["nothing", []],
    ["   ", []],
  ])("%j finds first of all %j", (text, expected) => {
    expect(find(text).slice(0, Math.max(expected.length, 1))).toEqual(expected);
  });

  it("exact names come before beginnings, these before words, and these before parts", () => {
    const many = exampleCatalog({
      "security/writer/abc": '{"token":"t"}',
      "security/writer/abcd": '{"token":"t"}',
      "security/writer/x_abc": '{"token":"t"}',
      "security/writer/xabc": '{"token":"t"}',
    });
    const { hits } = search(many, { text: "abc", kinds: undefined, limit: 10 });
    expect(hits.map(({ label }) => label)).toEqual(["abc", "abcd", "x_abc", "xabc"]);
  });

  it("is bounded, and tells how many there are", () => {
    const { hits, total } = search(catalog, { text: "u", kinds: undefined, limit: 2 });
    expect(hits).toHaveLength(2);
    expect(total).toBeGreaterThan(2);
  });

  it("looks only for the wanted kinds", () => {
    expect(find("user", ["job"])).toEqual(["job user_job"]);
  });

  it("finds no token", () => {
    expect(find("s3cret")).toEqual([]);
    expect(find("new-token")).toEqual([]);
  });
});
