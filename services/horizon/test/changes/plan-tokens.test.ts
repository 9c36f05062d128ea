import { createHash } from "node:crypto";
import { parseSnapshot, type Reader, type RegistryTree } from "@ofs/registry";
import { describe, expect, it } from "vitest";
import { planRevocation } from "../../src/changes/index.ts";
import { rotationBody } from "./support/bodies.ts";
import { readStrictly } from "./support/strict-reader.ts";
import {
  applyWrites,
  CONTEXT,
  plan,
  problemsOf,
  smallTree,
  type Texts,
  textsOf,
} from "./support/trees.ts";

const NOW = CONTEXT.nowSeconds();
const PATH = "security/reader/test";

const CLIENT = { "job-type": "reader", "job-id": "test" };

function clientBody(changes: Readonly<Record<string, unknown>> = {}) {
  return rotationBody({ ...CLIENT, ...changes });
}

function digest(token: string): Uint8Array {
  return createHash("sha256").update(token).digest();
}

/** The client as the data plane reads it, in a tree that the published loader reads, too. */
function readClient(tree: RegistryTree): Reader | undefined {
  readStrictly(tree);
  const snapshot = parseSnapshot(tree.entries, tree.revision);
  expect(snapshot.faults.filter(({ path }) => path.startsWith("security/"))).toEqual([]);
  return snapshot.readers.get("test");
}

function rotated(tree: RegistryTree, changes: Readonly<Record<string, unknown>> = {}) {
  return applyWrites(tree, plan("job-rotate", clientBody(changes), tree).writes);
}

function revocationOf(texts: Texts, type: "reader" | "writer" = "reader", id = "test") {
  return planRevocation(type, id, smallTree(texts), () => "nobody-knows");
}

function revoked(tree: RegistryTree): RegistryTree {
  const planned = planRevocation("reader", "test", tree, () => "nobody-knows");
  if ("problems" in planned) throw new Error(JSON.stringify(planned.problems));
  return applyWrites(tree, planned.plan.writes);
}

describe("planning a rotation", () => {
  it("writes the new token where existing readers look, and the old one beside it for a day", () => {
    const made = plan("job-rotate", clientBody());
    const until = NOW + 86_400;
    expect(textsOf(made.writes)).toEqual({
      [PATH]: `{"token":"n3w","previous":{"token":"test","until":${until}}}`,
    });
    const previousUntil = "2027-01-16T08:00:00Z";
    expect(made.outcome).toEqual({ jobType: "reader", jobId: "test", previousUntil });
    expect(made.expectations).toContainEqual({ kind: "unchanged", path: PATH, since: 7 });
    expect(readClient(applyWrites(smallTree(), made.writes))?.credentials).toEqual([
      { sha256: digest("n3w"), untilSeconds: undefined },
      { sha256: digest("test"), untilSeconds: until },
    ]);
  });

  it("makes a token where none is sent", () => {
    const made = plan("job-rotate", clientBody({ token: "", "overlap-seconds": 0 }));
    expect(textsOf(made.writes)).toEqual({ [PATH]: '{"token":"made-token"}' });
  });

  it("ends the old token at once without an overlap", () => {
    const client = readClient(rotated(smallTree(), { "overlap-seconds": 0 }));
    expect(client?.credentials).toEqual([{ sha256: digest("n3w"), untilSeconds: undefined }]);
  });

  it("keeps one token back: a second rotation ends the first one's", () => {
    const twice = rotated(rotated(smallTree()), { token: "third", "overlap-seconds": 60 });
    expect(readClient(twice)?.credentials).toEqual([
      { sha256: digest("third"), untilSeconds: undefined },
      { sha256: digest("n3w"), untilSeconds: NOW + 60 },
    ]);
  });

  it("keeps scopes, and what nothing here knows", () => {
    const text = '{"Token":"test","scopes":{"entities":["user"],"access":["read"]},"note":7}';
    const tree = rotated(smallTree({ [PATH]: text }));
    const written = JSON.parse(Buffer.from(tree.entries.get(PATH) ?? "").toString());
    expect(written).toMatchObject({ token: "n3w", note: 7, previous: { Token: "test" } });
    expect(readClient(tree)).toMatchObject({ mayRead: true, mayWrite: false });
    expect(readClient(tree)?.entities).toEqual(new Set(["user"]));
    expect(readClient(tree)?.credentials).toHaveLength(2);
  });

  it("takes a client that is known by a hash only", () => {
    const sha256 = Buffer.from(digest("old")).toString("hex");
    const tree = rotated(smallTree({ [PATH]: JSON.stringify({ sha256 }) }));
    expect(readClient(tree)?.credentials).toEqual([
      { sha256: digest("n3w"), untilSeconds: undefined },
      { sha256: digest("old"), untilSeconds: NOW + 86_400 },
    ]);
  });

  it("makes one value of a client that is written as sub-keys", () => {
    const tree = smallTree({
      [PATH]: undefined,
      [`${PATH}/token`]: "old",
      [`${PATH}/scopes`]: '{"entities":["user"]}',
    });
    const made = plan("job-rotate", clientBody(), tree);
    expect(Object.keys(textsOf(made.writes)).sort()).toEqual([
      PATH,
      `${PATH}/scopes`,
      `${PATH}/token`,
    ]);
    const client = readClient(applyWrites(tree, made.writes));
    expect(client?.credentials).toHaveLength(2);
    expect(client?.entities).toEqual(new Set(["user"]));
  });

  it.each<[string, Readonly<Record<string, unknown>>, Texts, string]>([
    [
      "a client that is not there",
      { "job-id": "nobody" },
      {},
      'job-id: reader "nobody" is not there (missing)',
    ],
    [
      "a job under the name of a client",
      { "job-id": "user_job" },
      {},
      'job-id: reader "user_job" is not there (missing)',
    ],
    ["the token that it has", { token: "test" }, {}, 'token: reader "test" has this token already'],
    [
      "a client that was revoked",
      {},
      { [PATH]: '{"token":"x","revoked":true}' },
      'restore: the tokens of reader "test" were revoked: true lets it call again (conflict)',
    ],
    [
      "scopes that cannot be read: nobody knows what the new token may",
      {},
      { [PATH]: '{"token":"x","scopes":{"access":["all"]}}' },
      'job-id: reader "test" cannot be read: security/reader/test/scopes/access',
    ],
    ["what is no JSON", {}, { [PATH]: "test" }, "job-id: security/reader/test is no JSON object"],
    [
      "a value further up, whose members would go on counting",
      {},
      { [PATH]: undefined, "security/reader": '{"test":{"token":"x"}}' },
      'job-id: reader "test" is part of a JSON value above security/reader/test (conflict)',
    ],
    [
      "a name that readers take for another",
      { "job-id": "test" },
      { "security/reader/Test": '{"token":"x"}' },
      'job-id: readers take "test" for the same name as "Test" (conflict)',
    ],
    [
      "an overlap that is too long",
      { "overlap-seconds": 7_776_001 },
      {},
      "overlap-seconds: 7776001 must be",
    ],
    ["an overlap below 0", { "overlap-seconds": -1 }, {}, "overlap-seconds: -1 must be"],
  ])("refuses %s", (_, changes, texts, expected) => {
    const problems = problemsOf("job-rotate", clientBody(changes), smallTree(texts));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
  });

  it("refuses without showing a token", () => {
    const texts = { [PATH]: '{"token":"hunter2","scopes":5}' };
    const problems = problemsOf("job-rotate", clientBody({ token: "s3same" }), smallTree(texts));
    expect(problems.join()).not.toMatch(/hunter2|s3same/);
    const same = problemsOf("job-rotate", clientBody({ token: "test-token" }), {
      ...smallTree({ [PATH]: '{"token":"test-token"}' }),
    });
    expect(same.join()).not.toContain("test-token");
  });
});

describe("planning a revocation", () => {
  it("leaves a token that nobody knows, for readers that do not know better", () => {
    const text =
      '{"token":"test","previous":{"token":"old","until":9},"scopes":{"access":["read"]}}';
    const planned = revocationOf({ [PATH]: text });
    if (!("plan" in planned)) throw new Error("refused");
    expect(textsOf(planned.plan.writes)).toEqual({
      [PATH]: '{"token":"nobody-knows","revoked":true,"scopes":{"access":["read"]}}',
    });
  });

  it("leaves no credential, and the scopes", () => {
    const client = readClient(revoked(smallTree()));
    expect(client).toMatchObject({ credentials: [], isRevoked: true, mayRead: true });
  });

  it("changes nothing the second time", () => {
    const planned = planRevocation("reader", "test", revoked(smallTree()), () => "again");
    expect(planned).toMatchObject({ plan: { writes: [] } });
  });

  it("is undone by a rotation that says so, without the token before", () => {
    const tree = rotated(revoked(smallTree()), { restore: true });
    expect(readClient(tree)).toMatchObject({
      credentials: [{ sha256: digest("n3w"), untilSeconds: undefined }],
      isRevoked: false,
    });
  });

  it("keeps a job that groups name", () => {
    const planned = revocationOf({}, "writer", "user_job");
    expect(planned).toMatchObject({ plan: { outcome: { jobType: "writer", jobId: "user_job" } } });
  });

  it.each<[string, Texts, string, string]>([
    ["one that is not there", {}, "nobody", "missing"],
    ["what is no JSON", { [PATH]: "[]" }, "test", "conflict"],
    ["a value further up", { "security/reader": '{"test":{"sha256":"x"}}' }, "test", "conflict"],
  ])("refuses %s", (_, texts, id, reason) => {
    expect(revocationOf(texts, "reader", id)).toMatchObject({ problems: [{ reason }] });
  });
});
