import { describe, expect, it } from "vitest";
import type { FleetState, Instance } from "../../src/api/fleet.ts";
import {
  failureRate,
  fleetVerdict,
  formatRate,
  formatRatio,
  formatSeconds,
  ingestTroubles,
  latestWrite,
  registryText,
  registryVerdict,
  tierName,
  totalLag,
} from "../../src/model/fleet.ts";

const INSTANCE: Instance = {
  service: "api-server",
  url: "http://a:1",
  state: "ready",
  reasons: [],
  metricsProblem: null,
  startedAtMs: 0,
  registryRevision: 7,
  registryState: "current",
};

describe("what is said of the fleet", () => {
  it.each([
    [["ready"], "The one instance is ready", "good"],
    [["ready", "ready"], "All 2 instances are ready", "good"],
    [["ready", "warning"], "All 2 instances are ready", "attention"],
    [["ready", "down"], "1 of 2 instances are ready", "bad"],
    [["draining", "not-ready"], "0 of 2 instances are ready", "bad"],
  ] as const)("%j: %s", (states, text, tone) => {
    expect(fleetVerdict(states.map((state) => ({ state })))).toEqual({ text, tone });
  });

  it("tells who does not follow the registry, and says nothing if nobody tells", () => {
    const of = (...states: Instance["registryState"][]) =>
      registryVerdict(states.map((registryState) => ({ ...INSTANCE, registryState })));
    expect(of("current", "current", null)?.text).toBe("Registry up to date (revision 7)");
    expect(of("current", "behind", "cut-off")).toEqual({
      text: "2 of 3 do not follow the registry",
      tone: "attention",
    });
    expect(of(null)).toBeUndefined();
    expect(of()).toBeUndefined();
  });

  it("names no revision of the registry where instances name several", () => {
    const later = { ...INSTANCE, registryRevision: 9 };
    expect(registryVerdict([INSTANCE, later])).toEqual({
      text: "Registry up to date",
      tone: "good",
    });
  });

  it("has the registry of one instance", () => {
    expect(registryText(INSTANCE)).toBe("7, current");
    expect(registryText({ ...INSTANCE, registryRevision: null, registryState: "none" })).toBe(
      "none yet",
    );
    expect(registryText({ ...INSTANCE, registryState: null })).toBeNull();
  });
});

describe("numbers", () => {
  it.each([
    [0, "0 /s"],
    [0.012345, "0.012 /s"],
    [12.345, "12.3 /s"],
    [1234.5, "1,235 /s"],
  ])("a rate of %d is %s", (rate, text) => {
    expect(formatRate(rate)).toBe(text);
  });

  it.each([
    [0.00025, "250 µs"],
    [0.001234, "1.23 ms"],
    [0.25, "250 ms"],
    [3.4567, "3.46 s"],
    [300, "5 minutes"],
    [7_200, "2 hours"],
  ])("%d seconds are %s", (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });

  it("a ratio is 100 % only if it is all", () => {
    expect(formatRatio(0.9999)).toBe("99.9 %");
    expect(formatRatio(1)).toBe("100 %");
    expect(formatRatio(0)).toBe("0 %");
  });

  it("failures are those of reads and writes, and what was refused; unknown if one is", () => {
    const calls = { perSecond: 9, failuresPerSecond: 1, p50Seconds: null, p99Seconds: null };
    expect(failureRate({ reads: calls, writes: calls, refusalsPerSecond: 3 })).toBe(5);
    expect(failureRate({ reads: calls, writes: null, refusalsPerSecond: 3 })).toBeNull();
  });

  it("the lag is that of the topics that are known", () => {
    const topic = {
      topic: "t",
      oldestSeconds: null,
      recordsPerSecond: null,
      delayP99Seconds: null,
      deadLetterCount: 0,
    };
    const lag = (...records: (number | null)[]) => {
      const topics = records.map((lagRecords) => ({ ...topic, lagRecords }));
      const ingest = {
        rowsPerSecond: null,
        haltedPartitionCount: 0,
        waitingRecordCount: 0,
        topics,
      };
      return totalLag({ ingest } satisfies Pick<FleetState, "ingest">);
    };
    expect(lag(3, null, 4)).toBe(7);
    expect(lag(0)).toBe(0);
    expect(lag(null)).toBeNull();
    expect(totalLag({ ingest: null })).toBeNull();
  });
});

describe("words", () => {
  it("for what holds ingestion up", () => {
    const ingest = { rowsPerSecond: 0, topics: [] };
    expect(ingestTroubles({ ...ingest, haltedPartitionCount: 1, waitingRecordCount: 2 })).toEqual([
      "1 partition cannot go on",
      "2 records wait for the registry",
    ]);
    expect(ingestTroubles({ ...ingest, haltedPartitionCount: 0, waitingRecordCount: 0 })).toEqual(
      [],
    );
  });

  it("for tiers, also for those that are new", () => {
    expect(tierName("p2p")).toBe("Peer cache");
    expect(tierName("disk")).toBe("disk");
  });

  it("the latest write is the later of both", () => {
    const write = { entity: "e", group: "g" };
    expect(latestWrite({ ...write, ingestedAtMs: 5, writtenAtMs: 9 })).toBe(9);
    expect(latestWrite({ ...write, ingestedAtMs: 5, writtenAtMs: null })).toBe(5);
    expect(latestWrite({ ...write, ingestedAtMs: null, writtenAtMs: null })).toBeNull();
    expect(latestWrite(undefined)).toBeNull();
  });
});
