import { describe, expect, it } from "vitest";
import { type RowSink, writeRows } from "../src/write-rows.ts";

type Request = Parameters<RowSink["persist"]>[0];

describe("writeRows", () => {
  it("writes in chunks, one after the other, without what is undefined", async () => {
    const requests: Request[] = [];
    const counts: number[] = [];
    let running = 0;
    const sink: RowSink = {
      async persist(request) {
        running += 1;
        expect(running).toBe(1);
        await Promise.resolve();
        requests.push(request);
        running -= 1;
      },
    };
    const rows = Array.from({ length: 4500 }, (_, index) => ({
      keys: { id: String(index) },
      features: { a: { x: index, y: undefined }, b: { z: undefined } },
    }));
    expect(await writeRows(sink, "thing", rows, (count) => counts.push(count))).toBe(4500);
    expect(counts).toEqual([2000, 4000, 4500]);
    expect(requests.flatMap((request) => request.rows)).toHaveLength(4500);
    expect(requests[2]?.rows[499]).toEqual({ keys: { id: "4499" }, values: { a: { x: 4499 } } });
  });

  it("stops at the first failure", async () => {
    let calls = 0;
    const sink: RowSink = {
      async persist() {
        calls += 1;
        throw new Error("disk full");
      },
    };
    const rows = Array.from({ length: 4500 }, (_, index) => ({
      keys: { id: String(index) },
      features: { a: { x: 1 } },
    }));
    await expect(writeRows(sink, "thing", rows, () => undefined)).rejects.toThrow("disk full");
    expect(calls).toBe(1);
  });
});
