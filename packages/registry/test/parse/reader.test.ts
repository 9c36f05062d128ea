import { createHash } from "node:crypto";
import type { Reader } from "@ofs/registry";
import { describe, expect, it } from "vitest";
import { faultAt, parseExample } from "../support/entries.ts";

const PATH = "security/reader/caller";

function sha256(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

function readerOf(value: unknown): Reader | undefined {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return parseExample({ [PATH]: text }).readers.get("caller");
}

describe("readers", () => {
  it("takes a hash in place of the token", () => {
    const reader = readerOf({ sha256: sha256("abc").toString("hex").toUpperCase() });
    expect(reader?.credentials).toEqual([{ sha256: sha256("abc"), untilSeconds: undefined }]);
  });

  it("takes both, once if they are the same secret", () => {
    const hex = (token: string) => sha256(token).toString("hex");
    expect(readerOf({ token: "abc", sha256: hex("abc") })?.credentials.length).toBe(1);
    expect(readerOf({ token: "abc", sha256: hex("old") })?.credentials.length).toBe(2);
  });

  it("takes a previous token until its time", () => {
    const reader = readerOf({ token: "new", previous: { token: "old", until: 1_800_000_000 } });
    expect(reader?.credentials).toEqual([
      { sha256: sha256("new"), untilSeconds: undefined },
      { sha256: sha256("old"), untilSeconds: 1_800_000_000 },
    ]);
  });

  it.each([
    { token: "" },
    { sha256: "" },
    {},
    { token: null },
    { previous: { token: "old", until: 1_800_000_000 } },
  ])("never takes an empty token: %j", (value) => {
    const snapshot = parseExample({ [PATH]: JSON.stringify(value) });
    expect(snapshot.readers.has("caller")).toBe(false);
    expect(faultAt(snapshot, `${PATH}/token`)).toMatchObject({ disables: "reader" });
    expect(snapshot.readers.has("ranker")).toBe(true);
  });

  it.each([
    { until: 1 },
    { token: "", until: 1 },
    { token: "old" },
    { token: "old", until: "soon" },
    { token: "old", until: 1_800_000_000_000 },
    { sha256: "beef", until: 1 },
    "old",
  ])("leaves out a faulty previous token, and only that: %j", (previous) => {
    const snapshot = parseExample({ [PATH]: JSON.stringify({ token: "new", previous }) });
    expect(snapshot.readers.get("caller")?.credentials.length).toBe(1);
    expect(
      snapshot.faults.map(({ path, disables }) => [path.slice(0, PATH.length + 9), disables]),
    ).toEqual([[`${PATH}/previous`, "nothing"]]);
  });

  it.each([true, "true", 1])("takes no token at all of a caller that is revoked: %j", (revoked) => {
    const previous = { token: "old", until: 1_800_000_000 };
    const reader = readerOf({ token: "new", previous, revoked, scopes: { access: ["read"] } });
    expect(reader).toMatchObject({ credentials: [], isRevoked: true, mayWrite: false });
    expect(readerOf({ token: "new", revoked: false })).toMatchObject({ isRevoked: false });
  });

  it("refuses a caller of whom it cannot tell whether it is revoked", () => {
    const snapshot = parseExample({ [PATH]: '{"token":"t","revoked":"perhaps"}' });
    expect(snapshot.readers.has("caller")).toBe(false);
    expect(faultAt(snapshot, `${PATH}/revoked`)).toMatchObject({ disables: "reader" });
  });

  it("reads scopes", () => {
    const scopes = { entities: ["user", "item"], access: ["read"] };
    expect(readerOf({ token: "t", scopes })).toMatchObject({
      entities: new Set(["user", "item"]),
      mayRead: true,
      mayWrite: false,
    });
    expect(readerOf({ token: "t", scopes: { access: ["write"] } })).toMatchObject({
      entities: undefined,
      mayRead: false,
      mayWrite: true,
    });
    expect(readerOf({ token: "t", scopes: {} })).toMatchObject({ mayRead: true, mayWrite: true });
  });

  it("reads scopes from sub-keys", () => {
    const snapshot = parseExample({
      [`${PATH}/token`]: "t",
      [`${PATH}/scopes/entities`]: "user,item",
      [`${PATH}/scopes/access`]: '["write"]',
    });
    expect(snapshot.readers.get("caller")).toMatchObject({
      entities: new Set(["user", "item"]),
      mayRead: false,
      mayWrite: true,
    });
  });

  it("empty scopes allow nothing", () => {
    for (const empty of [[], ""]) {
      expect(readerOf({ token: "t", scopes: { entities: empty, access: empty } })).toMatchObject({
        entities: new Set(),
        mayRead: false,
        mayWrite: false,
      });
    }
  });

  it.each([
    { access: ["admin"] },
    { access: [1] },
    { access: { read: true } },
    { entities: [["user"]] },
    "read",
    ["read"],
  ])("refuses a caller whose scopes cannot be read: %j", (scopes) => {
    const snapshot = parseExample({ [PATH]: JSON.stringify({ token: "t", scopes }) });
    expect(snapshot.readers.has("caller")).toBe(false);
    expect(snapshot.faults.map(({ disables }) => disables)).toEqual(["reader"]);
  });

  it.each([
    "hunter2",
    '{"token":"hunter2"',
    '{"token":"t","sha256":"hunter2"}',
    '["hunter2"]',
    '{"token":{"a":"hunter2"}}',
  ])("tells no secret in a reason: %s", (value) => {
    const snapshot = parseExample({ [PATH]: value });
    expect(snapshot.faults.length).toBe(1);
    expect(JSON.stringify(snapshot.faults)).not.toContain("hunter2");
  });
});
