import type { DistributedFill } from "@ofs/cache";
import { entityTree } from "@ofs/testkit";
import { describe, expect, test } from "vitest";
import { createHarness, type Harness, query } from "../harness.ts";

const HOUR_MS = 3_600_000;
const TREE = entityTree("user", ["id"], {
  a: { id: 0, type: "FP32", versions: [{ f: {} }], process: true, distributed: true },
});
const ask = (key: string) => query("user", ["id"], { a: ["f"] }, [key]);
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Starts a read whose store answers when the returned function is called. */
async function startRead(harness: Harness, key: string): Promise<() => Promise<void>> {
  let open = () => {};
  harness.store.gate = new Promise((resolve) => {
    open = resolve;
  });
  const reading = harness.retrieve(ask(key));
  await settle();
  return async () => {
    open();
    await reading;
    await settle();
  };
}

describe.each([HOUR_MS, -HOUR_MS])(
  "the clock on the wall jumps by %d ms in the middle of a read",
  (jumpMs) => {
    function harnessWithAges(): { harness: Harness & { monotonicMs: number }; ages: number[] } {
      const harness = Object.assign(createHarness(TREE), { monotonicMs: 5000 });
      const ages: number[] = [];
      const fill = harness.distributed.fill.bind(harness.distributed);
      harness.distributed.fill = (fills: readonly DistributedFill[], startedAtMs?: number) => {
        ages.push(harness.monotonicMs - (startedAtMs ?? Number.NaN));
        return fill(fills);
      };
      return { harness, ages };
    }

    test("its fill is as old as the read, not older or younger by the jump", async () => {
      const { harness, ages } = harnessWithAges();
      const finish = await startRead(harness, "1");
      harness.nowMs += jumpMs;
      harness.monotonicMs += 700;
      await finish();
      expect(ages).toEqual([700]);
    });

    test("what it fills in the process lasts the entry's TTL", async () => {
      const { harness } = harnessWithAges();
      const finish = await startRead(harness, "1");
      harness.nowMs += jumpMs;
      await finish();
      harness.monotonicMs += 59_999;
      expect((await harness.retrieve(ask("1"))).wasImmediate).toBe(true);
      harness.monotonicMs += 1;
      expect((await harness.retrieve(ask("1"))).wasImmediate).toBe(false);
    });
  },
);
