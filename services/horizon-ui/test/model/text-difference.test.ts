import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shortenDifference } from "../../src/model/text-difference.ts";

describe("shortenDifference", () => {
  it("leaves short texts alone", () => {
    expect(shortenDifference("a,b", "a,c")).toEqual(["a,b", "a,c"]);
  });

  it("keeps the difference of long texts, with a little around it", () => {
    const [left, right] = ["x".repeat(200), "y".repeat(200)];
    const [before, after] = shortenDifference(`${left}old${right}`, `${left}new!${right}`);
    const [near, far] = [`…${"x".repeat(24)}`, `${"y".repeat(24)}…`];
    expect([before, after]).toEqual([`${near}old${far}`, `${near}new!${far}`]);
  });

  it("never makes different texts the same", () => {
    const text = fc.string({ maxLength: 300, unit: fc.constantFrom("a", "b") });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const [left, right] = shortenDifference(before, after);
        expect(left === right).toBe(before === after);
      }),
    );
  });

  it("shows what was put into a text that repeats itself", () => {
    const [before, after] = shortenDifference("ab".repeat(100), "ab".repeat(101));
    expect(after.length - before.length).toBe(2);
  });
});
