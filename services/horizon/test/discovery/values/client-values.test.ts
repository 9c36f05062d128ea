import { createClient } from "@ofs/client";
import { freePort } from "@ofs/testkit";
import { describe, expect, it } from "vitest";
import { type RawClient, valuesOfClient } from "../../../src/discovery/values/client-values.ts";

const REQUEST = { entity: "user", keys: [{ user_id: "7" }], features: { core: ["ctr"] } };

function failing(code: unknown, message: string): RawClient {
  return {
    async retrieveRaw() {
      throw Object.assign(new Error(message), { code });
    },
  };
}

describe("valuesOfClient", () => {
  it("gives columns, and reasons of rows that failed", async () => {
    const columns = [Uint8Array.of(1)];
    const client: RawClient = {
      async retrieveRaw(request, options) {
        expect(request).toEqual(REQUEST);
        expect(options).toEqual({ partial: true, deadlineMs: 5_000 });
        return { rows: [{ columns }, { error: new Error("away") }] };
      },
    };
    expect(await valuesOfClient(client).read(REQUEST)).toEqual([{ columns }, { error: "away" }]);
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
