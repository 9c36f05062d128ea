import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DiscoveryApp } from "../support/discovery-app.ts";

let test: DiscoveryApp;

beforeEach(async () => {
  test = await DiscoveryApp.create();
});

afterEach(() => test.close());

const KEYS = [{ user_id: "7" }, { user_id: "8" }];

function ask(body: object) {
  return test.call("author", "POST", "values", { entity: "user", keys: KEYS, ...body });
}

function float(value: number): Uint8Array {
  return new Uint8Array(Float32Array.of(value).buffer);
}

describe("values", () => {
  it("are shown with types, and whether they are the default; failed rows with their reason", async () => {
    const groups = [
      { group: "core", presence: "stored", schemaVersion: 3, expiresAtSeconds: 1_800_000_000 },
    ];
    test.rows = [{ columns: [float(0.25), float(0)], groups }, { error: "store is away" }];
    const reply = await ask({ features: { core: [] } });
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toEqual({
      "entity-label": "user",
      "feature-group-labels": ["core"],
      rows: [
        {
          keys: { user_id: "7" },
          error: null,
          "groups-error": null,
          groups: [
            {
              "feature-group-label": "core",
              presence: "stored",
              "schema-version": 3,
              "expires-at": 1_800_000_000,
            },
          ],
          values: [
            {
              "feature-group-label": "core",
              "feature-label": "ctr",
              "data-type": "DataTypeFP32",
              value: "0.25",
              "size-in-bytes": 4,
              "equals-default": false,
            },
            {
              "feature-group-label": "core",
              "feature-label": "cvr",
              "data-type": "DataTypeFP32",
              value: "0",
              "size-in-bytes": 4,
              "equals-default": true,
            },
          ],
        },
        {
          keys: { user_id: "8" },
          error: "store is away",
          "groups-error": null,
          groups: [],
          values: [],
        },
      ],
    });
    expect(test.valueRequests).toMatchObject([
      { entity: "user", keys: KEYS, features: { core: ["ctr", "cvr"] } },
    ]);
  });

  it("what the data plane does not tell is not made up", async () => {
    test.rows = [{ columns: [float(0.25), float(0)] }];
    const { rows } = (await ask({ features: { core: [] } })).json<{ rows: unknown[] }>();
    const unknown = { presence: null, "schema-version": null, "expires-at": null };
    expect(rows).toMatchObject([
      { "groups-error": null, groups: [unknown] },
      { error: "no answer", groups: [] },
    ]);
  });

  it("a failure to tell what is stored is shown, beside the values", async () => {
    test.rows = [{ columns: [float(0.25), float(0)], groups: { error: "too slow" } }];
    const { rows } = (await ask({ features: { core: [] } })).json<{ rows: unknown[] }>();
    const unknown = { presence: null, "schema-version": null, "expires-at": null };
    const values = [{ value: "0.25" }, { value: "0" }];
    expect(rows[0]).toMatchObject({
      error: null,
      "groups-error": "too slow",
      groups: [unknown],
      values,
    });
  });

  it("bytes that are no value are told as such", async () => {
    test.rows = [{ columns: [new Uint8Array(3)] }, { columns: [] }];
    const { rows } = (await ask({ features: { core: ["cvr"] } })).json<{ rows: unknown[] }>();
    expect(rows).toMatchObject([
      { values: [{ value: null, "size-in-bytes": 3, "equals-default": false }] },
      { values: [{ value: null, "size-in-bytes": 0, "equals-default": false }] },
    ]);
  });

  it("who has looked is in the audit log, the keys are not", async () => {
    await ask({ features: { core: ["ctr"] } });
    expect(test.audit).toEqual([
      {
        atMs: 1_000_000,
        actor: "author@example.org",
        action: "values.read",
        subject: "entity user",
        details: { "key-count": 2, groups: ["core"] },
      },
    ]);
  });

  it.each([
    [{ entity: "shop", features: { core: [] } }, 404, '"shop"'],
    [{ features: { nope: [] } }, 404, '"nope"'],
    [{ features: { core: ["nope"] } }, 404, '"nope"'],
    [{ features: {} }, 400, "features"],
    [{ features: { core: [] }, keys: [] }, 400, "keys"],
    [{ features: { core: [] }, keys: [{ id: "7" }] }, 400, "keys.0"],
    [{ features: { core: [] }, keys: [{ user_id: "7", more: "x" }] }, 400, "keys.0"],
    [{ features: { core: [] }, keys: [{ user_id: 7 }] }, 400, "keys"],
    [{ features: { core: [] }, keys: Array.from({ length: 101 }, () => KEYS[0]) }, 400, "keys"],
  ])("%j: %i", async (body, status, named) => {
    const reply = await ask(body);
    expect(reply.statusCode).toBe(status);
    expect(reply.json()).toMatchObject({ error: expect.stringContaining(named) });
    expect(test.valueRequests).toEqual([]);
  });
});
