import { OfsClientError, SchemaMismatchError } from "@ofs/client";
import { retrieve } from "@ofs/proto";
import { beforeEach, describe, expect, test } from "vitest";
import { failureOf, float32, group, METHODS, Refusal, userSchema } from "./fake-server.ts";
import { useFakeServer } from "./use-fake-server.ts";

const SCORES = group("scores", "DataTypeFP32", { ctr: {}, cvr: {} });
const REQUEST = {
  entity: "user",
  keys: [["1", "Oslo"]],
  features: { scores: ["ctr", "cvr"] },
} as const;

const server = useFakeServer((fake) => {
  fake.schema = userSchema(1, SCORES);
  fake.column = (keys, _, label) => (label === "ctr" ? float32(Number(keys[0]) / 2) : float32(-1));
});

describe("retrieve", () => {
  test("gives values by group and feature, for keys by name and by position", async () => {
    const client = server.client();
    const result = await client.retrieve({
      ...REQUEST,
      keys: [{ city: "Oslo", user_id: 7n }, ["8", "Köln"], { user_id: 9, city: "" }],
    });
    expect(result.keysSchema).toEqual(["user_id", "city"]);
    expect(result.rows).toEqual([
      { keys: ["7", "Oslo"], values: { scores: { ctr: 3.5, cvr: -1 } } },
      { keys: ["8", "Köln"], values: { scores: { ctr: 4, cvr: -1 } } },
      { keys: ["9", ""], values: { scores: { ctr: 4.5, cvr: -1 } } },
    ]);
    client.close();
  });

  test("sends both headers in lower case, the token only there", async () => {
    const client = server.client();
    await client.retrieve(REQUEST);
    for (const { metadata } of server.calls) {
      expect(metadata.getMap()).toMatchObject({
        "online-feature-store-caller-id": "tests",
        "online-feature-store-auth-token": "secret",
      });
    }
    expect(server.calls).toHaveLength(2);
    client.close();
  });

  test("sends keys in the order that the caller names", async () => {
    const client = server.client();
    const keysSchema = ["city", "user_id"];
    const result = await client.retrieve({
      ...REQUEST,
      keys: [["Oslo", "7"], { user_id: "8", city: "Rome" }],
      keysSchema,
    });
    expect(server.queries()[0]).toMatchObject({
      keysSchema,
      keys: [{ cols: ["Oslo", "7"] }, { cols: ["Rome", "8"] }],
    });
    expect(result.keysSchema).toEqual(keysSchema);
    expect(result.rows[1]?.keys).toEqual(["Rome", "8"]);
    client.close();
  });

  test("cuts many keys into batches and puts the rows in the order of the keys", async () => {
    const client = server.client({ retrieveBatchSize: 10, concurrency: 3 });
    let inFlight = 0;
    let mostInFlight = 0;
    const waiting: (() => void)[] = [];
    server.intercept = async ({ method }) => {
      if (method !== METHODS.retrieve) return;
      inFlight += 1;
      mostInFlight = Math.max(mostInFlight, inFlight);
      // The last of three to come is the first to be answered.
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 3 || server.callsOf(METHODS.retrieve).length === 10) {
          for (const release of waiting.splice(0).reverse()) release();
        }
      });
      inFlight -= 1;
    };
    const keys = Array.from({ length: 95 }, (_, i) => [String(i % 90), "Oslo"]);
    const { rows } = await client.retrieve({ ...REQUEST, keys });
    expect(rows.map(({ values }) => values).map(({ scores: { ctr } = {} }) => ctr)).toEqual(
      keys.map(([id]) => Number(id) / 2),
    );
    expect(server.queries().map((query) => query.keys.length)).toEqual([
      ...new Array<number>(9).fill(10),
      5,
    ]);
    expect(mostInFlight).toBe(3);
    client.close();
  });

  test("makes no retrieve call without keys", async () => {
    const client = server.client();
    expect(await client.retrieve({ ...REQUEST, keys: [] })).toEqual({
      keysSchema: ["user_id", "city"],
      rows: [],
    });
    expect(server.callsOf(METHODS.retrieve)).toHaveLength(0);
    client.close();
  });

  test("decodes narrower types by the type that the label asks for", async () => {
    server.column = (_, __, label) =>
      label === "ctr@DataTypeFP16" ? Buffer.from([0x00, 0x3e]) : float32(1.25);
    const client = server.client();
    const features = { scores: ["ctr", "ctr@DataTypeFP16"] };
    const { rows } = await client.retrieve({ ...REQUEST, features });
    expect(rows[0]?.values).toEqual({ scores: { ctr: 1.25, "ctr@DataTypeFP16": 1.5 } });
    client.close();
  });

  test("keeps labels that are names of object members", async () => {
    server.schema = userSchema(1, group("__proto__", "DataTypeFP32", { constructor: {} }));
    server.column = () => float32(2);
    const client = server.client();
    const features = JSON.parse('{"__proto__": ["constructor"]}') as Record<string, string[]>;
    const { rows } = await client.retrieve({ ...REQUEST, features });
    expect(Object.entries(rows[0]?.values ?? {})).toEqual([["__proto__", { constructor: 2 }]]);
    client.close();
  });

  test.each([
    ["a group", { other: ["ctr"] }, "NOT_FOUND", "no feature group other; it has scores"],
    ["a feature", { scores: ["x"] }, "INVALID_ARGUMENT", "no feature x; it has ctr, cvr"],
    ["a type", { scores: ["ctr@FP9"] }, "INVALID_ARGUMENT", "FP9"],
    ["a conversion", { scores: ["ctr@DataTypeInt8"] }, "INVALID_ARGUMENT", "DataTypeInt8"],
  ])(
    "refuses %s that the schema does not have, before sending",
    async (_, features, code, text) => {
      const client = server.client();
      const error = await failureOf(client.retrieve({ ...REQUEST, features }));
      expect(error).toMatchObject({ name: "OfsClientError", code });
      expect((error as OfsClientError).details).toContain(text);
      expect(server.callsOf(METHODS.retrieve)).toHaveLength(0);
      client.close();
    },
  );

  test.each([
    ["missing parts", { user_id: "1" }, "key 0 has (user_id); (user_id, city) are needed"],
    ["other names", { user_id: "1", town: "x" }, "key 0 has (user_id, town)"],
    ["too few parts", ["1"], "key 0 has 1 parts"],
    ["fractions", [1.5, "Oslo"], "key 0, user_id: 1.5 is neither"],
    ["inexact integers", [2 ** 53, "Oslo"], "neither a text nor an exact integer"],
  ])("refuses keys with %s", async (_, key, text) => {
    const client = server.client();
    const error = await failureOf(client.retrieve({ ...REQUEST, keys: [key as string[]] }));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT" });
    expect((error as OfsClientError).details).toContain(text);
    client.close();
  });

  test("refuses a keys schema that is not the entity's", async () => {
    const client = server.client();
    const error = await failureOf(client.retrieve({ ...REQUEST, keysSchema: ["user_id", "x"] }));
    expect(error).toMatchObject({
      details: "keysSchema (user_id, x) is not (user_id, city)",
    });
    client.close();
  });

  test("says why a group is not served", async () => {
    const faults = [{ path: "entities/user/feature-groups/old/data-type", reason: "bad type" }];
    server.schema.entities = [{ label: "user", keyLabels: ["user_id"], groups: [], faults }];
    const client = server.client();
    const features = { old: ["f"] };
    const error = await failureOf(client.retrieve({ ...REQUEST, keys: [["1"]], features }));
    expect(error).toMatchObject({ code: "FAILED_PRECONDITION" });
    expect((error as OfsClientError).details).toContain("bad type");
    client.close();
  });

  test("carries the server's code and text", async () => {
    server.intercept = ({ method }) => {
      if (method === METHODS.retrieve) throw new Refusal("UNAUTHENTICATED", "Invalid auth token");
    };
    const client = server.client();
    const error = await failureOf(client.retrieve(REQUEST));
    expect(error).toBeInstanceOf(OfsClientError);
    expect(error).toMatchObject({
      code: "UNAUTHENTICATED",
      status: 16,
      details: "Invalid auth token",
      message: "UNAUTHENTICATED: Invalid auth token",
    });
    client.close();
  });
});

describe("an answer that does not fit", () => {
  const answer = (result: retrieve.Result.$Properties): Uint8Array =>
    retrieve.Result.encode(result).finish();
  const featureSchemas = [
    {
      featureGroupLabel: "scores",
      features: [
        { label: "ctr", columnIdx: 0 },
        { label: "cvr", columnIdx: 1 },
      ],
    },
  ];
  const columns = [float32(1), float32(2)];
  const row = { keys: ["1", "Oslo"], columns };

  test.each([
    ["is no message", Buffer.from([0x0a]), "cannot be decoded"],
    ["lacks a row", answer({ featureSchemas, rows: [] }), "0 rows for 1 keys"],
    ["has another key", answer({ featureSchemas, rows: [{ ...row, keys: ["2", "x"] }] }), "(2, x)"],
    ["lacks a column", answer({ featureSchemas, rows: [{ ...row, columns: [] }] }), "0 columns"],
    ["has other features", answer({ featureSchemas: [], rows: [row] }), "its columns are not"],
  ])("and %s is an error", async (_, bytes, text) => {
    server.intercept = ({ method }) => (method === METHODS.retrieve ? bytes : undefined);
    const client = server.client();
    const error = await failureOf(client.retrieve(REQUEST));
    expect(error).toMatchObject({ code: "INTERNAL" });
    expect((error as OfsClientError).details).toContain(text);
    client.close();
  });

  test("because a column has another width names the feature", async () => {
    server.column = () => Buffer.alloc(3);
    const client = server.client();
    const error = await failureOf(client.retrieve(REQUEST));
    expect(error).toBeInstanceOf(SchemaMismatchError);
    expect((error as OfsClientError).details).toContain(
      "entity user, feature group scores, feature ctr",
    );
    client.close();
  });
});

describe("partial answers", () => {
  const keys = [..."012345"].map((id) => [id, "Oslo"]);

  beforeEach(() => {
    server.intercept = ({ method, request }) => {
      if (method === METHODS.describe) return;
      const { keys: asked } = retrieve.Query.decode(request);
      if (asked[0]?.cols?.[0] === "2") throw new Refusal("UNAVAILABLE", "store is down");
    };
  });

  test("are refused by default: one failed batch fails the call", async () => {
    const client = server.client({ retrieveBatchSize: 2 });
    const error = await failureOf(client.retrieve({ ...REQUEST, keys }));
    expect(error).toMatchObject({ code: "UNAVAILABLE", details: "store is down" });
    client.close();
  });

  test("mark the rows of the failed batch", async () => {
    const client = server.client({ retrieveBatchSize: 2 });
    const { rows } = await client.retrieve({ ...REQUEST, keys }, { partial: true });
    expect(rows.map((row) => row.keys)).toEqual(keys);
    expect(rows.map((row) => row.error?.code)).toEqual([
      undefined,
      undefined,
      "UNAVAILABLE",
      "UNAVAILABLE",
      undefined,
      undefined,
    ]);
    expect(rows[4]?.values).toEqual({ scores: { ctr: 2, cvr: -1 } });
    expect(rows[2]?.values).toBeUndefined();
    client.close();
  });

  test("exist for raw and decoded rows, too", async () => {
    const client = server.client({ retrieveBatchSize: 2 });
    const raw = await client.retrieveRaw({ ...REQUEST, keys }, { partial: true });
    const decoded = await client.retrieveDecoded({ ...REQUEST, keys }, { partial: true });
    for (const { rows } of [raw, decoded]) {
      expect(rows.filter(({ error }) => error !== undefined)).toHaveLength(2);
    }
    client.close();
  });
});

describe("other forms", () => {
  test("retrieveRaw gives bytes and needs no schema for keys by name", async () => {
    const client = server.client();
    const result = await client.retrieveRaw({
      ...REQUEST,
      keys: [{ user_id: 3, city: "Oslo" }],
      features: { scores: ["ctr@DataTypeFP16", "cvr"] },
    });
    expect(result).toMatchObject({
      entityLabel: "user",
      keysSchema: ["user_id", "city"],
      featureSchemas: [
        {
          label: "scores",
          features: [
            { label: "ctr", columnIdx: 0 },
            { label: "cvr", columnIdx: 1 },
          ],
        },
      ],
    });
    expect(result.rows[0]?.keys).toEqual(["3", "Oslo"]);
    expect(result.rows[0]?.columns.map((bytes) => Buffer.from(bytes))).toEqual([
      float32(-1),
      float32(-1),
    ]);
    expect(server.callsOf(METHODS.describe)).toHaveLength(0);
    client.close();
  });

  test("retrieveDecoded gives texts by group and feature", async () => {
    server.column = (keys, _, label) => Buffer.from(`${label} of ${keys.join("|")}`);
    const client = server.client();
    const { rows } = await client.retrieveDecoded(REQUEST);
    expect(rows).toEqual([
      {
        keys: ["1", "Oslo"],
        values: { scores: { ctr: "ctr of 1|Oslo", cvr: "cvr of 1|Oslo" } },
      },
    ]);
    client.close();
  });

  test("the names of the Go SDK take and give its forms", async () => {
    const query = {
      entityLabel: "user",
      featureGroups: [{ label: "scores", featureLabels: ["ctr"] }],
      keysSchema: ["user_id"],
      keys: [{ cols: ["4"] }, { cols: ["6"] }],
    };
    const client = server.client({ retrieveBatchSize: 1 });
    const raw = await client.retrieveFeatures(query);
    expect(raw.rows.map(({ keys, columns }) => [keys, Buffer.from(columns[0] ?? [])])).toEqual([
      [["4"], float32(2)],
      [["6"], float32(3)],
    ]);
    server.column = () => Buffer.from("text");
    expect(await client.retrieveDecodedFeatures(query)).toEqual({
      keysSchema: ["user_id"],
      featureSchemas: [{ label: "scores", features: [{ label: "ctr", columnIdx: 0 }] }],
      rows: [
        { keys: ["4"], columns: ["text"] },
        { keys: ["6"], columns: ["text"] },
      ],
    });
    expect(server.callsOf(METHODS.describe)).toHaveLength(0);
    client.close();
  });
});
