import type { IngestStatus, PartitionStatus } from "@ofs/ingest";
import { describe, expect, it } from "vitest";
import { checkIngest } from "../src/check-ingest.ts";

function partition(number: number, about: Partial<PartitionStatus> = {}): PartitionStatus {
  return {
    topic: "features",
    partition: number,
    position: 1,
    committed: 1,
    endOffset: 1,
    lag: 0,
    paused: undefined,
    halted: undefined,
    waitingRecords: 0,
    inFlightRecords: 0,
    inFlightBytes: 0,
    oldestOpenMs: undefined,
    lastCommitMs: 0,
    ...about,
  };
}

function member(about: Partial<IngestStatus> = {}): IngestStatus {
  return {
    state: "running",
    source: { state: "reading" },
    isHealthy: true,
    reasons: [],
    inFlightRecords: 0,
    inFlightBytes: 0,
    partitions: [],
    ...about,
  };
}

describe("checkIngest", () => {
  it("fails until reading has begun", () => {
    expect(checkIngest([]).status).toBe("failing");
  });

  it("fails as soon as one member is not well, and says why", () => {
    const ill = member({
      isHealthy: false,
      reasons: ["features/0 is halted at offset 3: no table"],
    });
    expect(checkIngest([member(), ill])).toMatchObject({
      status: "failing",
      detail: {
        members: [{ reasons: [] }, { reasons: ["features/0 is halted at offset 3: no table"] }],
      },
    });
    expect(checkIngest([member(), member()]).status).toBe("ok");
  });

  it("shows halted partitions first, then those that wait, then those that lag", () => {
    const halted = {
      reason: "no table",
      code: "FAILED_PRECONDITION",
      offset: 3,
      sinceMs: 0,
    } as const;
    const partitions = [
      partition(0, { lag: 5 }),
      partition(1, { waitingRecords: 1 }),
      partition(2, { lag: 9 }),
      partition(3, { halted }),
    ];
    expect(checkIngest([member({ partitions })])).toMatchObject({
      detail: {
        members: [
          {
            lag: 14,
            assignedCount: 4,
            partitions: [
              { partition: 3, halted: { since: "1970-01-01T00:00:00.000Z" } },
              { partition: 1 },
              { partition: 2 },
              { partition: 0, lastCommit: "1970-01-01T00:00:00.000Z" },
            ],
          },
        ],
      },
    });
  });

  it("shows a bounded number of partitions", () => {
    const partitions = Array.from({ length: 500 }, (_, number) => partition(number));
    const { detail } = checkIngest([member({ partitions })]);
    expect(detail).toMatchObject({ members: [{ assignedCount: 500 }] });
    expect(JSON.stringify(detail).split('"committed"').length - 1).toBe(100);
  });
});
