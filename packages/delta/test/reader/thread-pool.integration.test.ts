import { expect, it } from "vitest";
import { ThreadPool } from "../../src/reader/thread-pool.ts";

it("a thread that has died is replaced, and whoever waits gets the new one", async () => {
  const pool = await ThreadPool.open(1, { decoder: "hyparquet", memoryBytesMax: 1 });
  const first = await pool.borrow(undefined);
  const waiting = pool.borrow(undefined);
  await first.close();
  expect(first.isAlive).toBe(false);
  await expect(first.run({ kind: "describe", path: "/none" }).next()).rejects.toThrow("is closed");
  pool.giveBack(first);
  const second = await waiting;
  expect(second).not.toBe(first);
  await expect(second.run({ kind: "describe", path: "/none" }).next()).rejects.toMatchObject({
    code: "FAILED_PRECONDITION",
    message: expect.stringMatching(/not Parquet.*ENOENT/),
  });
  pool.giveBack(second);
  await pool.close();
  await expect(pool.borrow(undefined)).rejects.toThrow("the reader is closed");
});
