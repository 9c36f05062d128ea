import { describe, expect, it } from "vitest";
import { diffTree, readSchema, schemaDiff } from "../../src/changes/index.ts";
import {
  deleteBody,
  featureBody,
  featuresBody,
  groupBody,
  groupEditBody,
  jobBody,
} from "./support/bodies.ts";
import { applyWrites, CORE, plan, smallTree } from "./support/trees.ts";

function write(path: string, text: string | undefined) {
  return { path, value: text === undefined ? undefined : Buffer.from(text) };
}

describe("diffTree", () => {
  it("shows what writes change, in their order, and nothing else", () => {
    const tree = smallTree();
    const made = plan("feature-group-edit", groupEditBody());
    expect(
      diffTree(tree, [...made.writes, write(`${CORE}/id`, "0"), write("gone", undefined)]),
    ).toEqual([
      { path: `${CORE}/ttl-in-seconds`, before: "86400", after: "60" },
      { path: `${CORE}/in-memory-cache-enabled`, before: "true", after: "false" },
    ]);
    expect(diffTree(tree, [write("source/user|core|ctr", undefined)])).toEqual([
      { path: "source/user|core|ctr", before: "TABLE|db.t|c1|0.0", after: undefined },
    ]);
  });

  it("S7: masks tokens, and keeps what is no secret", () => {
    const scopes = { access: ["read"] };
    const made = plan("job", jobBody({ "job-type": "reader", scopes }));
    expect(diffTree(smallTree(), made.writes)).toEqual([
      {
        path: "security/reader/new_job",
        before: undefined,
        after: '{"token":"***","scopes":{"access":["read"]}}',
      },
    ]);
  });

  it.each([
    [
      '{"Token":"a","sha-256":"b","previous":{"token":"c","until":5}}',
      '{"Token":"***","sha-256":"***","previous":{"token":"***","until":5}}',
    ],
    ["secret", "***"],
    ['"secret"', "***"],
    ["[1]", "***"],
  ])("masks every form of credentials: %s", (text, shown) => {
    const [changed] = diffTree(smallTree(), [write("security/reader/new", text)]);
    expect(changed?.after).toBe(shown);
  });

  it("shows that a token changes without showing it", () => {
    const [changed] = diffTree(smallTree(), [write("security/reader/test", '{"token":"new"}')]);
    expect(changed).toMatchObject({ before: '{"token":"***"}', after: '{"token":"***"}' });
  });
});

describe("schemaDiff", () => {
  const added = featuresBody([featureBody("new", { "default-values": "2" })]);
  const second = applyWrites(smallTree(), plan("features-add", added).writes);
  const third = applyWrites(second, plan("features-delete", deleteBody(["ctr"]), second).writes);
  const group = { entityLabel: "user", groupLabel: "core" };
  const feature = { stringLength: 0, vectorLength: 0 };

  it("names what is new, what is gone, and what has moved", () => {
    expect(schemaDiff(third, group, 1, 3)).toEqual({
      added: [{ label: "new", sequence: 1, defaultText: "2", ...feature }],
      removed: [{ label: "ctr", sequence: 0, defaultText: "0.0", ...feature }],
      changed: [
        {
          before: { label: "cvr", sequence: 1, defaultText: "-1.0", ...feature },
          after: { label: "cvr", sequence: 0, defaultText: "-1.0", ...feature },
        },
      ],
    });
    expect(schemaDiff(third, group, 2, 2)).toEqual({ added: [], removed: [], changed: [] });
  });

  it("names other lengths and defaults", () => {
    const meta = JSON.stringify({
      ctr: { sequence: 0, "default-value": "AACAPw==" },
      cvr: { sequence: 1, "default-value": "AACAvw==" },
    });
    const tree = smallTree({
      [`${CORE}/features/2/labels`]: "ctr,cvr",
      [`${CORE}/features/2/feature-meta`]: meta,
    });
    expect(schemaDiff(tree, group, 1, 2)?.changed).toEqual([
      {
        before: { label: "ctr", sequence: 0, defaultText: "0.0", ...feature },
        after: { label: "ctr", sequence: 0, defaultText: "1", ...feature },
      },
      expect.objectContaining({
        after: { label: "cvr", sequence: 1, defaultText: "-1", ...feature },
      }),
    ]);
  });

  it("is undefined where a version is not there, or cannot be read", () => {
    expect(schemaDiff(third, group, 1, 4)).toBeUndefined();
    expect(schemaDiff(third, { ...group, groupLabel: "x" }, 1, 2)).toBeUndefined();
    expect(readSchema(third, "x", "core", 1)).toBeUndefined();
    const faulty = smallTree({ [`${CORE}/features/1/feature-meta`]: "x" });
    expect(readSchema(faulty, "user", "core", 1)).toBeUndefined();
  });

  it("knows the empty first version of a group without features", () => {
    const tree = applyWrites(
      smallTree(),
      plan("feature-group", groupBody({ features: [] })).writes,
    );
    expect(readSchema(tree, "user", "fresh", 1)).toEqual([]);
    expect(readSchema(tree, "user", "fresh", 2)).toBeUndefined();
  });
});
