import type { RegistryTree } from "@ofs/registry";
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
  keyBody,
  rotationBody,
  storeBody,
} from "./support/bodies.ts";
import { applyWrites, CORE, parse, plan, problemsOf, smallTree } from "./support/trees.ts";

const SOURCE = {
  "storage-provider": "TABLE",
  "source-base-path": "db.t",
  "source-data-column": "c9",
};

const BODIES: readonly (readonly [ChangeKind, Readonly<Record<string, unknown>>])[] = [
  ["store", storeBody()],
  ["job", jobBody()],
  ["job", jobBody({ "job-type": "reader", scopes: { access: ["read"] } })],
  ["job-rotate", rotationBody()],
  ["job-rotate", rotationBody({ "job-type": "reader", "job-id": "test", "overlap-seconds": 0 })],
  ["entity", entityBody({ "key-map": { b: keyBody(1, "b"), a: keyBody(0, "a") } })],
  ["entity-edit", { "entity-label": "user", "distributed-cache": cacheBody({ enabled: "false" }) }],
  ["feature-group", groupBody({ features: [featureBody("a", SOURCE), featureBody("b")] })],
  ["feature-group", groupBody({ features: [] })],
  ["feature-group-edit", groupEditBody()],
  ["features-add", featuresBody([featureBody("x", SOURCE), featureBody("y")])],
  ["features-edit", featuresBody([featureBody("cvr", SOURCE)])],
  ["features-delete", deleteBody(["ctr"])],
];

function carriedOut(
  kind: ChangeKind,
  body: unknown,
  tree: RegistryTree = smallTree(),
): RegistryTree {
  return applyWrites(tree, plan(kind, body, tree).writes);
}

function isDone(kind: ChangeKind, body: unknown, tree: RegistryTree): boolean {
  return isCarriedOut(parse(kind, body), tree);
}

describe("isCarriedOut", () => {
  it.each(BODIES)("is false before and true after: %s %o", (kind, body) => {
    expect(isDone(kind, body, smallTree())).toBe(false);
    expect(isDone(kind, body, carriedOut(kind, body))).toBe(true);
  });

  it.each(BODIES)("is false as long as a single write is missing: %s %o", (kind, body) => {
    const { writes } = plan(kind, body);
    for (const left of writes) {
      // What only counts bytes, or repeats a name, is not compared.
      if (/\/columns\/|\/default-values$|\/(label|id)$/.test(left.path)) continue;
      const tree = applyWrites(
        smallTree(),
        writes.filter((write) => write !== left),
      );
      expect(isDone(kind, body, tree), left.path).toBe(false);
    }
  });

  it.each<[ChangeKind, Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>]>([
    ["store", storeBody(), storeBody({ "table-ttl": 1 })],
    ["store", storeBody(), storeBody({ "primary-keys": ["other"] })],
    ["job", jobBody(), jobBody({ token: "another" })],
    ["job", jobBody(), jobBody({ "job-type": "reader" })],
    ["entity", entityBody(), entityBody({ "key-map": { "1": keyBody(0, "shop_id") } })],
    ["entity", entityBody(), entityBody({ "key-map": { "0": keyBody(0, "day") } })],
    ["entity", entityBody(), entityBody({ "in-memory-cache": cacheBody({ "conf-id": 5 }) })],
    ["feature-group", groupBody(), groupBody({ features: [] })],
    ["feature-group", groupBody(), groupBody({ features: [featureBody("b")] })],
    ["feature-group", groupBody(), groupBody({ features: [featureBody("a", SOURCE)] })],
    ["feature-group", groupBody(), groupBody({ "ttl-in-seconds": 1 })],
    ["feature-group", groupBody(), groupBody({ "data-type": "DataTypeInt32", features: [] })],
    [
      "features-add",
      featuresBody([featureBody("x")]),
      featuresBody([featureBody("x"), featureBody("y")]),
    ],
    [
      "features-add",
      featuresBody([featureBody("x"), featureBody("y")]),
      featuresBody([featureBody("y")]),
    ],
    [
      "features-add",
      featuresBody([featureBody("x")]),
      featuresBody([featureBody("x", { "default-values": "1" })]),
    ],
    ["features-delete", deleteBody(["ctr"]), deleteBody(["ctr", "cvr"])],
    ["features-delete", deleteBody(["ctr", "cvr"]), deleteBody(["ctr"])],
  ])("tells what was asked from what another did: %s %o", (kind, done, asked) => {
    const tree = carriedOut(kind, done);
    expect(isDone(kind, done, tree)).toBe(true);
    expect(isDone(kind, asked, tree)).toBe(false);
  });

  it("compares the text of a default, too", () => {
    const tree = carriedOut(
      "features-add",
      featuresBody([featureBody("x", { "default-values": "1" })]),
    );
    const asked = featuresBody([featureBody("x", { "default-values": "1.0" })]);
    expect(isDone("features-add", asked, tree)).toBe(false);
  });

  it("recognises a change that others were made after", () => {
    const added = featuresBody([featureBody("x")]);
    const tree = carriedOut(
      "features-add",
      featuresBody([featureBody("later")]),
      carriedOut("features-add", added),
    );
    expect(isDone("features-add", added, tree)).toBe(true);
    const deleted = carriedOut("features-delete", deleteBody(["cvr"]));
    const second = carriedOut("features-add", added, deleted);
    expect(isDone("features-delete", deleteBody(["cvr"]), second)).toBe(true);
    const group = carriedOut(
      "features-add",
      featuresBody([featureBody("b")], { "feature-group-label": "fresh" }),
      carriedOut("feature-group", groupBody()),
    );
    expect(isDone("feature-group", groupBody(), group)).toBe(true);
  });

  it("does not take an earlier change for a later one that was undone between", () => {
    const added = featuresBody([featureBody("x")]);
    const removed = carriedOut(
      "features-delete",
      deleteBody(["x"]),
      carriedOut("features-add", added),
    );
    expect(isDone("features-add", added, removed)).toBe(false);
    const again = carriedOut("features-add", added, removed);
    expect(isDone("features-delete", deleteBody(["x"]), again)).toBe(false);
  });

  it("never takes a job without a token for done: nobody knows whose token stands there", () => {
    const body = jobBody({ token: undefined });
    expect(isDone("job", body, carriedOut("job", body))).toBe(false);
  });

  it("is false where things are not there, or faulty", () => {
    const tree = smallTree({
      [`${CORE}/data-type`]: "x",
      "entities/user/keys/0/sequence": "x",
      "entities/user/distributed-cache/enabled": "x",
      "storage/stores/3": "x",
    });
    const features = [featureBody("ctr")];
    const core = groupBody({ "fg-label": "core", "ttl-in-seconds": 86_400 });
    expect(isDone("store", storeBody(), tree)).toBe(false);
    expect(isDone("entity", entityBody({ "entity-label": "user" }), tree)).toBe(false);
    expect(
      isDone("entity-edit", { "entity-label": "user", "distributed-cache": cacheBody() }, tree),
    ).toBe(false);
    expect(isDone("entity-edit", { "entity-label": "nobody" }, tree)).toBe(false);
    expect(isDone("feature-group", core, tree)).toBe(false);
    expect(isDone("features-add", featuresBody(features), tree)).toBe(false);
    expect(isDone("features-edit", featuresBody(features), tree)).toBe(false);
    expect(isDone("features-delete", deleteBody(["zzz"]), tree)).toBe(false);
    expect(isDone("feature-group-edit", groupEditBody({ "fg-label": "zzz" }), tree)).toBe(false);
  });

  it("is what planning anew says as well: edits have nothing to do, all else is there already", () => {
    for (const [kind, body] of BODIES) {
      const tree = carriedOut(kind, body);
      if (kind.endsWith("-edit")) expect(plan(kind, body, tree).writes).toEqual([]);
      else expect(problemsOf(kind, body, tree).length, kind).toBeGreaterThan(0);
    }
  });
});
