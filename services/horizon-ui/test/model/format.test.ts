import { describe, expect, it } from "vitest";
import {
  formatAge,
  formatBytes,
  formatCount,
  formatDuration,
  formatInstant,
  formatTtl,
} from "../../src/model/format.ts";

describe("format", () => {
  it.each([
    [0, "0 bytes"],
    [1, "1 byte"],
    [1023, "1,023 bytes"],
    [1024, "1 KiB"],
    [1536, "1.5 KiB"],
    [102_400, "100 KiB"],
    [5 * 1024 ** 4, "5,120 GiB"],
  ])("%i bytes are %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    [1, "1 second"],
    [90, "90 seconds"],
    [7200, "2 hours"],
    [86_400, "1 day"],
    [86_401, "86,401 seconds"],
  ])("%i seconds are %s", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it("says of no time to live that nothing expires", () => {
    expect(formatTtl(0)).toBe("never expires");
    expect(formatTtl(60)).toBe("1 minute");
  });

  it.each([
    [0, "just now"],
    [59_000, "59 seconds ago"],
    [61_000, "1 minute ago"],
    [3 * 86_400_000, "3 days ago"],
    [40 * 86_400_000, "2023-10-05"],
    [-120_000, "in 2 minutes"],
  ])("%i ms back are %s", (ms, text) => {
    const now = 1_700_000_000_000;
    expect(formatAge(now - ms, now)).toBe(text);
  });

  it("writes instants in UTC", () => {
    expect(formatInstant(1_700_000_000_000)).toBe("2023-11-14 22:13:20 UTC");
  });

  it("counts", () => {
    expect(formatCount(1, "feature")).toBe("1 feature");
    expect(formatCount(2000, "feature")).toBe("2,000 features");
    expect(formatCount(0, "entry", "entries")).toBe("0 entries");
  });
});
