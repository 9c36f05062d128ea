import { FeatureStoreError } from "@ofs/platform";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DiscoveryApp } from "../support/discovery-app.ts";
import { approved } from "../support/requests.ts";

interface Shown {
  readonly id: string;
  readonly kind: string;
  readonly severity: string;
  readonly repair: { readonly description: string } | null;
}

let test: DiscoveryApp;

beforeEach(async () => {
  test = await DiscoveryApp.create();
});

afterEach(() => test.close());

async function report(): Promise<Shown[]> {
  const reply = await test.call("approver", "GET", "drift");
  expect(reply.statusCode).toBe(200);
  return reply.json<{ differences: Shown[] }>().differences;
}

async function repair(...ids: string[]): Promise<{ result: string; message: string }[]> {
  const reply = await test.call("admin", "POST", "drift/repair", { ids });
  expect(reply.statusCode).toBe(200);
  return reply.json<{ results: { result: string; message: string }[] }>().results;
}

const SOURCE = "source/user|core|ctr";

describe("the report", () => {
  it("is empty where everything agrees", async () => {
    const reply = await test.call("approver", "GET", "drift");
    expect(reply.json()).toEqual({
      revision: 1,
      "request-count": test.requests.length,
      total: 0,
      differences: [],
    });
  });

  it("tells what a repair would do, and does nothing", async () => {
    await test.change(SOURCE, undefined);
    test.tables.columns.delete("seg_1");
    const shown = await report();
    expect(shown).toMatchObject([
      {
        kind: "source-missing",
        expected: "TABLE|db.t|c1",
        repair: { tables: [], keys: [{ path: SOURCE, after: "TABLE|db.t|c1|0.0" }] },
      },
      {
        kind: "column-missing",
        repair: {
          tables: [{ "store-id": "1", table: "user_features", columns: ["seg_1"] }],
          keys: [],
        },
      },
    ]);
    expect(test.tables.made).toEqual([]);
    expect(test.audit).toEqual([]);
    expect(await report()).toEqual(shown);
  });

  it("has errors first, and tells of a store that is away", async () => {
    await test.change("source/user|core|gone", "TABLE|db.t|c|0");
    test.tables.failure = new FeatureStoreError("UNAVAILABLE", "no host answers");
    expect(await report()).toMatchObject([
      { kind: "store-unreachable", severity: "error", message: "no host answers", repair: null },
      { kind: "source-stray", severity: "info" },
    ]);
  });

  it("reads requests page by page, each once", async () => {
    const deleted = { "entity-label": "x", "feature-group-label": "y", "feature-labels": [] };
    const many = Array.from({ length: 2_500 }, () => approved("features-delete", deleted));
    test.requests = [...many, ...test.requests];
    const reply = await test.call("approver", "GET", "drift");
    expect(reply.json()).toMatchObject({ "request-count": test.requests.length, total: 0 });
  });
});

describe("repairs", () => {
  it("write what was shown, are in the audit log, and are gone afterwards", async () => {
    await test.change(SOURCE, undefined);
    test.tables.columns.delete("seg_1");
    const ids = (await report()).map(({ id }) => id);
    const outcomes = await repair(...ids);
    expect(outcomes.map(({ result }) => result).sort()).toEqual(["repaired", "repaired"]);
    expect(await report()).toEqual([]);
    expect(test.audit).toMatchObject([
      {
        actor: "admin@example.org",
        action: "drift.repair",
        subject: "feature user/core/ctr",
        details: { difference: "source-missing", repair: `write ${SOURCE}` },
      },
      { action: "drift.repair", details: { difference: "column-missing" } },
    ]);
    expect(await repair(...ids)).toMatchObject([{ result: "gone" }, { result: "gone" }]);
  });

  it("leave alone what a person has to decide", async () => {
    await test.change("entities/user/feature-groups/core/job-id", "other");
    const [difference] = await report();
    expect(difference).toMatchObject({ kind: "group-differs", repair: null });
    expect(await repair(difference?.id ?? "")).toMatchObject([{ result: "not-repairable" }]);
    expect(test.audit).toEqual([]);
  });

  it("leave alone what somebody has changed meanwhile", async () => {
    await test.change(SOURCE, undefined);
    const [difference] = await report();
    test.beforeWrite = () => test.source.put(SOURCE, "TABLE|db.new|c9|0");
    expect(await repair(difference?.id ?? "")).toMatchObject([{ result: "conflict" }]);
    const { entries } = await test.source.load(new AbortController().signal);
    expect(Buffer.from(entries.get(SOURCE) ?? []).toString()).toBe("TABLE|db.new|c9|0");
  });

  it("that fail say why, and hinder no other", async () => {
    await test.change(SOURCE, undefined);
    test.tables.columns.delete("seg_1");
    const ids = (await report()).map(({ id }) => id);
    const { tables } = test;
    tables.make = async () => {
      throw new FeatureStoreError("UNAVAILABLE", "no host answers");
    };
    expect(await repair(...ids.reverse())).toMatchObject([
      { result: "failed", message: "no host answers" },
      { result: "repaired" },
    ]);
  });

  it.each([{}, { ids: [] }, { ids: [1] }, { ids: Array.from({ length: 101 }, String) }])(
    "want ids, and not too many: %j",
    async (body) => {
      const reply = await test.call("admin", "POST", "drift/repair", body);
      expect(reply.statusCode).toBe(400);
    },
  );
});
