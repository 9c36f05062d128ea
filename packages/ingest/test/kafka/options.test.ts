import { describe, expect, it } from "vitest";
import { type KafkaSourceOptions, sourceSettings } from "../../src/kafka/options.ts";

const OPTIONS: KafkaSourceOptions = {
  brokers: ["127.0.0.1:1"],
  clientId: "c",
  groupId: "g",
  topics: ["t"],
  start: "earliest",
};

describe("sourceSettings", () => {
  it("has defaults that fit together", () => {
    expect(sourceSettings(OPTIONS)).toEqual({
      sessionTimeoutMs: 30_000,
      rebalanceTimeoutMs: 60_000,
      heartbeatIntervalMs: 3000,
      fetchBytes: 8_388_608,
      partitionFetchBytes: 1_048_576,
      metadataIntervalMs: 30_000,
      requestTimeoutMs: 10_000,
    });
  });

  it.each([
    [{ sessionTimeoutMs: 0 }, "sessionTimeoutMs must be a whole number from 1, not 0"],
    [{ fetchBytes: 1.5 }, "fetchBytes must be a whole number from 1, not 1.5"],
    [{ fetchBytes: 2 ** 31 }, "fetchBytes must be a whole number from 1, not 2147483648"],
    [{ sessionTimeoutMs: 10_000, heartbeatIntervalMs: 5001 }, "not 5001"],
    [{ groupId: "" }, "groupId must not be empty"],
    [{ topics: [] }, "topics must name at least one topic"],
  ])("refuses %j, naming it", (wrong, message) => {
    expect(() => sourceSettings({ ...OPTIONS, ...wrong })).toThrow(message);
  });
});
