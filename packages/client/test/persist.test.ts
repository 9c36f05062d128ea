import { PersistError } from "@ofs/client";
import { persist } from "@ofs/proto";
import { beforeEach, describe, expect, test } from "vitest";
import { failureOf, group, METHODS, Refusal, userSchema } from "./fake-server.ts";
import { useFakeServer } from "./use-fake-server.ts";

const server = useFakeServer((fake) => {
  fake.schema = userSchema(
    1,
    group("scores", "DataTypeFP32", { ctr: {}, cvr: {} }),
    group("names", "DataTypeString", { first: { stringLength: 1000 } }),
  );
});

const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    keys: [i, "Oslo"] as const,
    values: { names: { first: "x".repeat(100) } },
  }));

/** First key of each row of each request, in the order of arrival. */
const storedKeys = () =>
  server.writes().map(({ data }) => data.map(({ keyValues }) => keyValues?.[0]));

describe("persist", () => {
  test("sends labels, keys and values in matching order", async () => {
    const client = server.client();
    const result = await client.persist({
      entity: "user",
      rows: [
        {
          keys: { city: "Oslo", user_id: 1 },
          values: { names: { first: "Ada" }, scores: { cvr: 2, ctr: 1 } },
        },
      ],
    });
    expect(result).toEqual({ storedCount: 1, failures: [] });
    const query = server.writes()[0];
    expect(query).toMatchObject({
      entityLabel: "user",
      keysSchema: ["user_id", "city"],
      featureGroupSchema: [
        { label: "names", featureLabels: ["first"] },
        { label: "scores", featureLabels: ["cvr", "ctr"] },
      ],
      data: [{ keyValues: ["1", "Oslo"] }],
    });
    const values = query?.data[0]?.featureValues?.map((each) => each.values);
    expect(values?.[0]?.stringValues).toEqual(["Ada"]);
    expect(values?.[1]?.fp32Values).toEqual([2, 1]);
    client.close();
  });

  test("keeps requests below the size and stores every row once", async () => {
    const client = server.client({ persistBatchBytes: 1000 });
    expect(await client.persist({ entity: "user", rows: rowsOf(50) })).toMatchObject({
      storedCount: 50,
    });
    const sizes = server.callsOf(METHODS.persist).map(({ request }) => request.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1000);
    expect(sizes.length).toBeGreaterThan(5);
    const keys = storedKeys()
      .flat()
      .toSorted((a, b) => Number(a) - Number(b));
    expect(keys).toEqual(Array.from({ length: 50 }, (_, i) => String(i)));
    client.close();
  });

  test("refuses a row that no request has room for", async () => {
    const client = server.client({ persistBatchBytes: 200 });
    const rows = [...rowsOf(2), { keys: [9, "x"], values: { names: { first: "x".repeat(300) } } }];
    const error = await failureOf(client.persist({ entity: "user", rows }));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT" });
    expect((error as Error).message).toMatch(/row 2: its request of \d+ bytes .* 200$/);
    expect(server.writes()).toHaveLength(0);
    client.close();
  });

  test("puts rows with other features in requests of their own", async () => {
    const client = server.client();
    const score = (id: number) => ({ keys: [id, "x"], values: { scores: { ctr: id } } });
    const name = (id: number) => ({ keys: [id, "x"], values: { names: { first: "a" } } });
    const rows = [score(1), name(2), score(3), name(4)];
    expect(await client.persist({ entity: "user", rows })).toMatchObject({ storedCount: 4 });
    expect(storedKeys().toSorted()).toEqual([
      ["1", "3"],
      ["2", "4"],
    ]);
    client.close();
  });

  test("stores rows of one key in their order, though in several requests", async () => {
    const client = server.client({ persistBatchBytes: 300, concurrency: 8 });
    let inFlight = 0;
    server.intercept = async ({ method }) => {
      if (method !== METHODS.persist) return;
      inFlight += 1;
      expect(inFlight).toBe(1);
      await Promise.resolve();
      inFlight -= 1;
    };
    const rows = [...rowsOf(4), { keys: [0, "Oslo"], values: { names: { first: "last" } } }];
    rows.push({ keys: [1, "Oslo"], values: { scores: { ctr: 1 } } } as never, ...rowsOf(1));
    await client.persist({ entity: "user", rows });
    expect(storedKeys().flat()).toEqual(["0", "1", "2", "3", "0", "1", "0"]);
    client.close();
  });

  test("makes no call without rows", async () => {
    const client = server.client();
    expect(await client.persist({ entity: "user", rows: [] })).toEqual({
      storedCount: 0,
      failures: [],
    });
    expect(server.writes()).toHaveLength(0);
    client.close();
  });

  test.each<readonly [string, object, string, string]>([
    ["an unknown group", { x: { f: 1 } }, "NOT_FOUND", "row 1: entity user has no feature group x"],
    ["an unknown feature", { scores: { x: 1 } }, "INVALID_ARGUMENT", "row 1: feature group scores"],
    ["no group", {}, "INVALID_ARGUMENT", "row 1: no feature group is named"],
    ["no feature", { scores: {} }, "INVALID_ARGUMENT", "row 1: feature group scores names no"],
  ])("refuses a row with %s", async (_, values, code, text) => {
    const client = server.client();
    const bad = { keys: ["1", "x"], values: values as Record<string, Record<string, number>> };
    const error = await failureOf(client.persist({ entity: "user", rows: [...rowsOf(1), bad] }));
    expect(error).toMatchObject({ code });
    expect((error as Error).message).toContain(text);
    expect(server.writes()).toHaveLength(0);
    client.close();
  });

  test("refuses an empty key part", async () => {
    const client = server.client();
    const rows = [{ keys: ["1", ""], values: { scores: { ctr: 1 } } }];
    const error = await failureOf(client.persist({ entity: "user", rows }));
    expect((error as Error).message).toBe("INVALID_ARGUMENT: row 0: key, city: empty");
    client.close();
  });

  test("persistFeatures takes the Go SDK's form and fills in empty fields", async () => {
    const client = server.client();
    const answer = await client.persistFeatures({
      entityLabel: "user",
      keysSchema: ["user_id"],
      featureGroups: [{ label: "scores", featureLabels: ["ctr"] }],
      data: [{ keyValues: ["1"], featureValues: [{ fp32Values: [0.5] }] }],
    });
    expect(answer).toEqual({ message: "Data Persisted Successfully" });
    expect(server.writes()[0]?.data[0]?.featureValues?.[0]?.values?.fp32Values).toEqual([0.5]);
    expect(server.callsOf(METHODS.describe)).toHaveLength(0);
    client.close();
  });
});

describe("a persist that fails in part", () => {
  beforeEach(() => {
    server.intercept = ({ method, request }) => {
      if (method !== METHODS.persist) return;
      const { data } = persist.Query.decode(request);
      if (data.some(({ keyValues }) => keyValues?.[0] === "5")) {
        throw new Refusal("UNAVAILABLE", "store is down");
      }
    };
  });

  test("says which rows are stored, failed and not sent", async () => {
    const client = server.client({ persistBatchBytes: 300, concurrency: 1 });
    const error = await failureOf(client.persist({ entity: "user", rows: rowsOf(10) }));
    expect(error).toBeInstanceOf(PersistError);
    const { code, failures, storedCount, message } = error as PersistError;
    expect([code, storedCount]).toEqual(["UNAVAILABLE", 4]);
    expect(message).toBe("UNAVAILABLE: 6 of 10 rows failed: store is down");
    expect(failures.map(({ row, error: each }) => [row, each.code])).toEqual([
      [4, "UNAVAILABLE"],
      [5, "UNAVAILABLE"],
      [6, "ABORTED"],
      [7, "ABORTED"],
      [8, "ABORTED"],
      [9, "ABORTED"],
    ]);
    expect(storedKeys().flat()).toEqual(["0", "1", "2", "3", "4", "5"]);
    client.close();
  });

  test("goes on and gives the failures when asked to", async () => {
    const client = server.client({ persistBatchBytes: 300 });
    const request = { entity: "user", rows: rowsOf(10) };
    const result = await client.persist(request, { partial: true });
    expect(result.storedCount).toBe(8);
    expect(result.failures.map(({ row }) => row)).toEqual([4, 5]);
    client.close();
  });

  test("is not repeated unless asked for", async () => {
    const once = server.client({ retry: { attempts: 3, baseDelayMs: 0 } });
    const request = { entity: "user", rows: rowsOf(10) };
    expect(await failureOf(once.persist(request))).toMatchObject({ code: "UNAVAILABLE" });
    expect(server.writes()).toHaveLength(1);
    once.close();
    const thrice = server.client({ retry: { attempts: 3, baseDelayMs: 0, persist: true } });
    expect(await failureOf(thrice.persist(request))).toMatchObject({ code: "UNAVAILABLE" });
    expect(server.writes()).toHaveLength(4);
    thrice.close();
  });
});

describe("encodePersist", () => {
  test("makes the messages that persist would send, and sends none", async () => {
    const client = server.client();
    const request = { entity: "user", rows: rowsOf(3) };
    const messages = await client.encodePersist(request);
    expect(server.writes()).toEqual([]);
    await client.persist(request);
    const sent = server.writes().map((query) => persist.Query.encode(query).finish());
    expect(messages.map((message) => Buffer.from(message))).toEqual(
      sent.map((message) => Buffer.from(message)),
    );
  });

  test("checks as persist does", async () => {
    const rows = [{ keys: [1, "Oslo"] as const, values: { names: { last: "x" } } }];
    const failure = await failureOf(server.client().encodePersist({ entity: "user", rows }));
    expect(failure).toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining("last"),
    });
  });
});
