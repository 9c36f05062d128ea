import { DEFAULT_INGEST_SETTINGS, ingestSettings } from "@ofs/ingest";
import { describe, expect, test } from "vitest";

describe("settings of the loop", () => {
  test("have defaults", () => {
    expect(ingestSettings()).toEqual(DEFAULT_INGEST_SETTINGS);
    expect(ingestSettings({ batchRows: 3 }).batchRows).toBe(3);
  });

  test.each([
    [{ batchRows: 0 }, "batchRows must be a whole number from 1, not 0"],
    [{ lanesPerConnection: 1.5 }, "lanesPerConnection must be a whole number from 1, not 1.5"],
    [{ lingerMs: -1 }, "lingerMs must be a whole number from 0, not -1"],
    [{ maxInFlightBytes: Number.NaN }, "maxInFlightBytes must be a whole number from 1, not NaN"],
    [{ lowWater: 0 }, "lowWater must be above 0 and at most 1, not 0"],
    [{ lowWater: 1.1 }, "lowWater must be above 0 and at most 1, not 1.1"],
    [{ retryMinMs: 5, retryMaxMs: 4 }, "retryMinMs 5 is above retryMaxMs 4"],
    [{ deadLetterTopic: "" }, "deadLetterTopic is empty"],
  ])("refuse %j", (given, message) => {
    expect(() => ingestSettings(given)).toThrow(new RangeError(message));
  });
});
