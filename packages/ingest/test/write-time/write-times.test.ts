import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WriteTimes } from "../../src/write-time/write-times.ts";

/** Milliseconds of records, close together as those of a partition are. */
const recordTimes = fc.array(fc.integer({ min: 1_700_000_000_000, max: 1_700_000_000_006 }), {
  maxLength: 200,
});

function writeTimesOf(times: readonly number[], from = new WriteTimes()): number[] {
  return times.map((ms) => from.next(ms));
}

describe("write times", () => {
  test("are the record's millisecond and its place among the records of that millisecond", () => {
    expect(writeTimesOf([5, 5, 6, 5, 6, 7])).toEqual([5000, 5001, 6000, 5002, 6001, 7000]);
  });

  test("grow with each record of one millisecond", () => {
    fc.assert(
      fc.property(recordTimes, (times) => {
        const seen = new Map<number, number>();
        const expected = times.map((ms) => {
          const place = seen.get(ms) ?? 0;
          seen.set(ms, place + 1);
          return ms * 1000 + place;
        });
        expect(writeTimesOf(times)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  test("share the last place of a millisecond with more than a thousand records", () => {
    const times = writeTimesOf(Array.from({ length: 1100 }, () => 5));
    expect(times[998]).toBe(5998);
    expect(new Set(times.slice(999))).toEqual(new Set([5999]));
    expect(Math.max(...times)).toBeLessThan(6000);
  });

  test("stay the same when a reader is killed at any offset and another goes on from there", () => {
    fc.assert(
      fc.property(recordTimes, (times) => {
        const whole = writeTimesOf(times);
        for (let killedAt = 0; killedAt <= times.length; killedAt++) {
          const first = new WriteTimes();
          writeTimesOf(times.slice(0, killedAt), first);
          const second = WriteTimes.parse(first.format());
          expect(writeTimesOf(times.slice(killedAt), second)).toEqual(whole.slice(killedAt));
        }
      }),
      { numRuns: 20 },
    );
  });

  test("stay the same after a restart even if more milliseconds have passed than are remembered", () => {
    const times = Array.from({ length: 100 }, (_, index) => ((index * 7) % 23) + 1000);
    const whole = writeTimesOf(times);
    for (let killedAt = 0; killedAt <= times.length; killedAt++) {
      const first = new WriteTimes();
      writeTimesOf(times.slice(0, killedAt), first);
      const second = WriteTimes.parse(first.format());
      expect(writeTimesOf(times.slice(killedAt), second)).toEqual(whole.slice(killedAt));
    }
  });

  test("travel in a text that fits the metadata of any commit", () => {
    const times = new WriteTimes();
    for (let ms = 999_999_999_000_000; ms < 999_999_999_000_100; ms++) {
      for (let count = 0; count < 1200; count++) times.next(ms);
    }
    expect(times.format().length).toBeLessThan(256);
    expect(WriteTimes.parse(times.format())?.format()).toBe(times.format());
  });

  test.each(["wt2 1:1", "1:1", "wt1 1", "wt1 a:1", "wt1 -1:1", "wt1 1:1 ", "wt1 1:1:1", "{}"])(
    "cannot be read from %j, which another program has written",
    (text) => {
      expect(WriteTimes.parse(text)).toBeUndefined();
    },
  );

  test("are read from any text without harm", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const times = WriteTimes.parse(text);
        if (times !== undefined) expect(times.next(7)).toBeLessThan(8000);
      }),
      { numRuns: 300 },
    );
  });

  test("begin anew where nothing has been said", () => {
    expect(WriteTimes.parse("")?.next(3)).toBe(3000);
  });
});
