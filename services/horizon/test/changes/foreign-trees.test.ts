import { parseSnapshot, type RegistryTree, type Snapshot } from "@ofs/registry";
import { describe, expect, it } from "vitest";
import { type ChangeKind, isCarriedOut } from "../../src/changes/index.ts";
import {
  cacheBody,
  deleteBody,
  entityBody,
  featureBody,
  featuresBody,
  groupBody,
  groupEditBody,
  jobBody,
  storeBody,
} from "./support/bodies.ts";
import {
  applyWrites,
  parse,
  plan,
  problemsOf,
  SMALL_TREE,
  smallTree,
  type Texts,
  toTree,
} from "./support/trees.ts";

/** Joins all paths below a root to one JSON value, as other writers of the tree may do. */
function foldToJson(texts: Texts, root: string): Texts {
  const folded: Record<string, string | undefined> = {};
  const tree: Record<string, unknown> = {};
  for (const [path, text] of Object.entries(texts)) {
    if (text === undefined || !path.startsWith(`${root}/`)) {
      folded[path] = text;
      continue;
    }
    const names = path.slice(root.length + 1).split("/");
    const last = names.pop() ?? "";
    let node = tree;
    for (const name of names) {
      node[name] ??= {};
      node = node[name] as Record<string, unknown>;
    }
    node[last] = text;
  }
  folded[root] = JSON.stringify(tree);
  return folded;
}

const ROOTS = [
  "entities",
  "entities/user",
  "entities/user/feature-groups",
  "entities/user/feature-groups/core",
  "entities/user/feature-groups/core/features",
  "storage",
  "storage/stores",
  "security",
] as const;

const BODIES: readonly (readonly [ChangeKind, unknown])[] = [
  ["store", storeBody()],
  ["job", jobBody()],
  ["entity", entityBody()],
  ["entity-edit", { "entity-label": "user", "distributed-cache": cacheBody({ enabled: false }) }],
  ["feature-group", groupBody()],
  ["feature-group-edit", groupEditBody()],
  ["features-add", featuresBody([featureBody("x")])],
  ["features-edit", featuresBody([featureBody("cvr", { "default-values": "9" })])],
  ["features-delete", deleteBody(["ctr"])],
];

function read(tree: RegistryTree): Snapshot {
  return parseSnapshot(tree.entries, 1);
}

describe("trees in JSON form", () => {
  it.each(ROOTS)("are changed as those of single keys: %s", (root) => {
    const folded = toTree(foldToJson(SMALL_TREE, root));
    expect(read(folded)).toEqual(read(toTree(SMALL_TREE)));
    for (const [kind, body] of BODIES) {
      const after = applyWrites(folded, plan(kind, body, folded).writes);
      const expected = applyWrites(smallTree(), plan(kind, body).writes);
      expect(read(after), kind).toEqual(read(expected));
      expect(isCarriedOut(parse(kind, body), folded), kind).toBe(false);
      expect(isCarriedOut(parse(kind, body), after), kind).toBe(true);
    }
  });

  it.each(ROOTS)("hide nothing that is there: %s", (root) => {
    const folded = toTree(foldToJson(SMALL_TREE, root));
    const refused: readonly (readonly [ChangeKind, unknown])[] = [
      ["store", storeBody({ table: "user_features" })],
      ["job", jobBody({ "job-id": "user_job" })],
      ["entity", entityBody({ "entity-label": "User" })],
      ["feature-group", groupBody({ "fg-label": "Core" })],
      ["feature-group", groupBody({ "entity-label": "catalog" })],
      ["features-add", featuresBody([featureBody("CTR")])],
      ["features-delete", deleteBody(["nothing"])],
    ];
    for (const [kind, body] of refused) {
      expect(problemsOf(kind, body, folded), kind).toEqual(problemsOf(kind, body));
      expect(problemsOf(kind, body, folded), kind).not.toEqual([]);
    }
  });
});

describe("damaged trees", () => {
  it.each([
    ["entities", "no JSON"],
    ["entities/user", "[1]"],
    ["entities/user/feature-groups", "5"],
    ["storage", "true"],
    ["security", '"x"'],
    ["", "x"],
  ])("hide no sub-keys behind a value that is no object: %s = %s", (path, text) => {
    const tree = smallTree({ [path]: text });
    expect(problemsOf("entity", entityBody({ "entity-label": "User" }), tree)).toHaveLength(1);
    expect(problemsOf("job", jobBody({ "job-id": "user_job" }), tree)).toHaveLength(1);
    expect(problemsOf("store", storeBody({ table: "user_features" }), tree)).toHaveLength(1);
    const taken = problemsOf("feature-group", groupBody({ "fg-label": "CORE" }), tree);
    expect(taken.join()).toContain('is there already as "core"');
  });

  it("does not throw for any value in any place", () => {
    for (const path of Object.keys(SMALL_TREE)) {
      for (const text of [
        "",
        "x",
        "{}",
        "[]",
        "-1",
        "99999999999999999999",
        "\u0000",
        '{"a":{"b":1}}',
      ]) {
        const tree = smallTree({ [path]: text });
        for (const [kind, body] of BODIES) {
          expect(() => problemsOf(kind, body, tree), `${path} ${text}`).not.toThrow();
          expect(() => isCarriedOut(parse(kind, body), tree), `${path} ${text}`).not.toThrow();
        }
      }
    }
  });
});
