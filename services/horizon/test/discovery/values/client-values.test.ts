import { createClient, OfsClientError } from "@ofs/client";
import { freePort } from "@ofs/testkit";
import { describe, expect, it } from "vitest";
import { type RawClient, valuesOfClient } from "../../../src/discovery/values/client-values.ts";

const REQUEST = { entity: "user", keys: [{ user_id: "7" }], features: { core: ["ctr"] } };

function failing(code: unknown, message: string): RawClient {
  return {
    async retrieveRaw() {
      throw Object.assign(new Error(message), { code });
    },
    inspect: refuseToInspect,
  };
}

async function refuseToInspect(): Promise<never> {
  throw new OfsClientError("UNIMPLEMENTED", "unknown service ofs.v1.InspectService");
}

const STORED = { group: "core", presence: "stored", schemaVersion: 2, expiresAtSeconds: 1_000 };

describe("valuesOfClient", () => {
  it("gives columns, and reasons of rows that failed", async () => {
    const columns = [Uint8Array.of(1)];
    const client: RawClient = {
      async retrieveRaw(request, options) {
        expect(request).toEqual(REQUEST);
        expect(options).toEqual({ partial: true, deadlineMs: 5_000 });
        return { rows: [{ columns }, { error: new Error("away") }] };
      },
      async inspect(request, options) {
        expect(request).toEqual({ entity: "user", keys: REQUEST.keys, groups: ["core"] });
        expect(options).toEqual({ deadlineMs: 5_000 });
        return [[STORED], []];
      },
    };
    expect(await valuesOfClient(client).read(REQUEST)).toEqual([
      { columns, groups: [STORED] },
      { error: "away" },
    ]);
  });

  it("gives columns where the data plane is too old to tell what is stored", async () => {
    const columns = [Uint8Array.of(1)];
    const client: RawClient = {
      retrieveRaw: async () => ({ rows: [{ columns }] }),
      inspect: refuseToInspect,
    };
    expect(await valuesOfClient(client).read(REQUEST)).toEqual([{ columns, groups: undefined }]);
  });

  it("gives columns where asking what is stored has failed, and why", async () => {
    const columns = [Uint8Array.of(1)];
    const client: RawClient = {
      retrieveRaw: async () => ({ rows: [{ columns }, { error: new Error("away") }] }),
      async inspect() {
        throw new OfsClientError("DEADLINE_EXCEEDED", "no answer within 5000 ms");
      },
    };
    expect(await valuesOfClient(client).read(REQUEST)).toEqual([
      {
        columns,
        groups: { error: "api-server: DEADLINE_EXCEEDED: no answer within 5000 ms" },
      },
      { error: "away" },
    ]);
  });

  it.each([
    ["NOT_FOUND", "NOT_FOUND"],
    ["INVALID_ARGUMENT", "INVALID_ARGUMENT"],
    ["DEADLINE_EXCEEDED", "DEADLINE_EXCEEDED"],
    ["UNAUTHENTICATED", "UNAVAILABLE"],
    ["UNAVAILABLE", "UNAVAILABLE"],
    [undefined, "UNAVAILABLE"],
  ])("a failure %s of the client becomes %s", async (code, expected) => {
    await expect(valuesOfClient(failing(code, "why")).read(REQUEST)).rejects.toMatchObject({
      code: expected,
      message: "api-server: why",
    });
  });

  it("is made of the published client: each row tells that the api-server is away", async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const client = createClient({ address, callerId: "horizon", callerToken: "t" });
    try {
      expect(await valuesOfClient(client).read(REQUEST)).toEqual([
        { error: expect.stringContaining("UNAVAILABLE") },
      ]);
    } finally {
      client.close();
    }
  });
});
