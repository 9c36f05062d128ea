import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RedisConnection } from "../../src/redis/connection.ts";
import { uniqueName } from "../fixtures.ts";
import { ask, KINDS, openConnection } from "./redis-fixtures.ts";

const KEYS = Array.from({ length: 200 }, (_, i) => `${uniqueName("large")} ${i}`);
const VALUE_BYTES = 50_000;
const BUSY_MS = 2;

describe.each(KINDS)("large replies of redis %s", (kind) => {
  let connection: RedisConnection;

  beforeEach(async () => {
    connection = await openConnection(kind);
    await Promise.all(
      KEYS.map((key, i) => ask(connection, "set", key, Buffer.alloc(VALUE_BYTES, i))),
    );
  });

  afterEach(async () => {
    await connection.run(KEYS.map((key) => ({ command: "del", keys: [key], args: [] })));
    await connection.close();
  });

  test("they are whole, and other work has its turns while they come", async () => {
    let isRead = false;
    let turnCount = 0;
    // Busy for so long that much has come when the next turn reads.
    const countTurn = (): void => {
      turnCount += 1;
      const untilMs = performance.now() + BUSY_MS;
      while (performance.now() < untilMs);
      if (!isRead) setImmediate(countTurn);
    };
    setImmediate(countTurn);
    const values = await connection.read(KEYS);
    isRead = true;
    for (const [i, value] of values.entries()) {
      expect(Buffer.alloc(VALUE_BYTES, i).equals(value as Buffer)).toBe(true);
    }
    expect(turnCount).toBeGreaterThan(40);
  });
});
