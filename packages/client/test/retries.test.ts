import { describe, expect, test } from "vitest";
import { failureOf, Refusal } from "./fake-server.ts";
import { RAW, useFakeServer } from "./use-fake-server.ts";

const server = useFakeServer();

const WRITE = {
  entityLabel: "user",
  keysSchema: ["user_id"],
  featureGroups: [{ label: "scores", featureLabels: ["ctr"] }],
  data: [{ keyValues: ["1"], featureValues: [{ fp32Values: [0.5] }] }],
};

describe("retries", () => {
  test("repeat reads that were answered with UNAVAILABLE", async () => {
    server.intercept = () => {
      if (server.calls.length < 3) throw new Refusal("UNAVAILABLE", "restarting");
    };
    const client = server.client({ retry: { attempts: 3, baseDelayMs: 1 } });
    const { rows } = await client.retrieveRaw(RAW);
    expect([rows.length, server.calls.length]).toEqual([1, 3]);
    client.close();
  });

  test("of batches wait for a server that is overloaded, writes too", async () => {
    server.intercept = () => {
      if (server.calls.length % 3 !== 0) throw new Refusal("RESOURCE_EXHAUSTED", "overloaded");
    };
    const retry = { attempts: 3, baseDelayMs: 1, overload: true };
    const client = server.client({ retry });
    expect((await client.retrieveRaw(RAW)).rows).toHaveLength(1);
    expect(server.calls).toHaveLength(3);
    await client.persistFeatures(WRITE);
    expect(server.calls).toHaveLength(6);
    client.close();
  });

  test.each(["UNAVAILABLE", "DEADLINE_EXCEEDED"] as const)(
    "of writes that may be repeated go on after %s, while the call has time",
    async (code) => {
      server.intercept = () => {
        if (server.calls.length < 3) throw new Refusal(code, "the store did not answer in time");
      };
      const once = server.client({ retry: { attempts: 5, baseDelayMs: 1 } });
      expect(await failureOf(once.persistFeatures(WRITE))).toMatchObject({ code });
      expect(server.calls).toHaveLength(1);
      once.close();
      const client = server.client({ retry: { attempts: 5, baseDelayMs: 1, persist: true } });
      await client.persistFeatures(WRITE);
      expect(server.calls).toHaveLength(3);
      client.close();
    },
  );

  test("end with the last error when attempts run out", async () => {
    server.intercept = () => {
      throw new Refusal("UNAVAILABLE", `attempt ${server.calls.length}`);
    };
    const client = server.client({ retry: { attempts: 4, baseDelayMs: 0 } });
    expect(await failureOf(client.retrieveRaw(RAW))).toMatchObject({
      code: "UNAVAILABLE",
      details: "attempt 4",
    });
    client.close();
  });

  test("do not wait beyond the deadline", async () => {
    server.intercept = () => {
      throw new Refusal("UNAVAILABLE", "restarting");
    };
    const retry = { attempts: 100, baseDelayMs: 2 ** 30, maxDelayMs: 2 ** 30 };
    const client = server.client({ retry, deadlineMs: 1000 });
    expect(await failureOf(client.ping())).toMatchObject({ code: "UNAVAILABLE" });
    expect(server.calls).toHaveLength(1);
    client.close();
  });

  test.each([
    "INTERNAL",
    "INVALID_ARGUMENT",
    "RESOURCE_EXHAUSTED",
    "DEADLINE_EXCEEDED",
    "ABORTED",
  ] as const)("do not repeat %s", async (code) => {
    server.intercept = () => {
      throw new Refusal(code, "no");
    };
    const client = server.client({ retry: { attempts: 5, baseDelayMs: 0 } });
    expect(await failureOf(client.retrieveRaw(RAW))).toMatchObject({ code });
    expect(server.calls).toHaveLength(1);
    client.close();
  });
});
