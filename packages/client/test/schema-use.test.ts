import type { OfsClientError } from "@ofs/client";
import { describe, expect, test } from "vitest";
import { failureOf, group, METHODS, Refusal, userSchema } from "./fake-server.ts";
import { RAW, REQUEST, useFakeServer } from "./use-fake-server.ts";

const server = useFakeServer();

describe("the schema", () => {
  test("is loaded once for many calls at the same time", async () => {
    const client = server.client();
    await Promise.all(Array.from({ length: 20 }, () => client.retrieve(REQUEST)));
    await client.retrieve(REQUEST);
    expect(server.callsOf(METHODS.describe)).toHaveLength(1);
    client.close();
  });

  test("is loaded again when a label is missing, and the call goes on", async () => {
    const client = server.client({ schemaRefreshMs: 0 });
    await client.retrieve(REQUEST);
    server.schema = userSchema(2, group("scores", "DataTypeFP32", { ctr: {}, new: {} }));
    const { rows } = await client.retrieve({ ...REQUEST, features: { scores: ["new"] } });
    expect(rows[0]?.values).toEqual({ scores: { new: 1 } });
    expect(server.callsOf(METHODS.describe)).toHaveLength(2);
    client.close();
  });

  test("is loaded again when a column has another width", async () => {
    const client = server.client({ schemaRefreshMs: 0 });
    await client.retrieve(REQUEST);
    server.schema = userSchema(2, group("scores", "DataTypeFP64", { ctr: {} }));
    server.column = () => Buffer.alloc(8);
    const { rows } = await client.retrieve(REQUEST);
    expect(rows[0]?.values).toEqual({ scores: { ctr: 0 } });
    client.close();
  });

  test("is loaded again when the server refuses a write, which is then repeated", async () => {
    const client = server.client({ schemaRefreshMs: 0 });
    const rows = [{ keys: ["1", "x"], values: { scores: { ctr: 1 } } }];
    await client.persist({ entity: "user", rows });
    server.schema = userSchema(2, group("scores", "DataTypeFP64", { ctr: {} }));
    server.intercept = ({ method }) => {
      if (method === METHODS.persist && server.writes().length === 2) {
        throw new Refusal("INVALID_ARGUMENT", "wrong container");
      }
    };
    expect(await client.persist({ entity: "user", rows })).toMatchObject({ storedCount: 1 });
    expect(server.writes().at(-1)?.data[0]?.featureValues?.[0]?.values?.fp64Values).toEqual([1]);
    client.close();
  });

  test("is not loaded again soon, nor used again if unchanged", async () => {
    const features = { scores: ["typo"] };
    const patient = server.client({ schemaRefreshMs: 3_600_000 });
    await patient.retrieve(REQUEST);
    await failureOf(patient.retrieve({ ...REQUEST, features }));
    expect(server.callsOf(METHODS.describe)).toHaveLength(1);
    patient.close();
    const eager = server.client({ schemaRefreshMs: 0 });
    server.intercept = ({ method }) => {
      if (method === METHODS.retrieve) throw new Refusal("NOT_FOUND", "gone");
    };
    expect(await failureOf(eager.retrieve(REQUEST))).toMatchObject({ details: "gone" });
    expect(server.callsOf(METHODS.describe)).toHaveLength(3);
    expect(server.callsOf(METHODS.retrieve)).toHaveLength(2);
    eager.close();
  });

  test("of an unknown entity is an error, and is asked for each time", async () => {
    const client = server.client();
    const request = { ...REQUEST, entity: "nobody" };
    for (let i = 1; i <= 2; i++) {
      expect(await failureOf(client.retrieve(request))).toMatchObject({
        code: "NOT_FOUND",
        details: "entity nobody not found",
      });
      expect(server.callsOf(METHODS.describe)).toHaveLength(i);
    }
    client.close();
  });

  test("is not described by servers without the service: a clear error", async () => {
    server.intercept = ({ method }) => {
      if (method === METHODS.describe) throw new Refusal("UNIMPLEMENTED", "unknown service");
    };
    const client = server.client();
    expect(await failureOf(client.retrieve(REQUEST))).toMatchObject({ code: "UNIMPLEMENTED" });
    expect((await client.retrieveRaw(RAW)).rows).toHaveLength(1);
    client.close();
  });

  test("is described in full, and what is described is used", async () => {
    server.schema.entities?.[0]?.groups?.push({
      label: "later",
      dataType: "DataTypeFP128",
      id: 7,
      storeId: "1",
      activeVersion: 3,
      processCached: true,
      features: [{ label: "f", vectorLength: 1, defaultValue: Buffer.from([1]) }],
    });
    const client = server.client();
    const { registryRevision, entities } = await client.describe();
    expect(registryRevision).toBe(1);
    expect(entities[0]?.groups[1]).toMatchObject({
      label: "later",
      dataType: "DataTypeFP128",
      id: 7,
      ttlSeconds: 0,
      storeId: "1",
      activeVersion: 3,
      isProcessCached: true,
      isDistributedCached: false,
      features: [{ label: "f", stringLength: 0 }],
    });
    const error = await failureOf(client.retrieve({ ...REQUEST, features: { later: ["f"] } }));
    expect(error).toMatchObject({ code: "FAILED_PRECONDITION" });
    expect((error as OfsClientError).details).toContain("DataTypeFP128 is unknown to this client");
    expect(server.callsOf(METHODS.describe)).toHaveLength(1);
    client.close();
  });
});
