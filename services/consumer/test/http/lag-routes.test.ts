import type { PartitionStatus } from "@ofs/ingest";
import { afterEach, beforeEach, expect, it } from "vitest";
import { lagRoutes } from "../../src/http/lag-routes.ts";
import { MemoryLog, readTopic } from "../support/memory-log.ts";
import { startTestHttp, type TestHttp } from "../support/test-http.ts";

const OWN: PartitionStatus = {
  topic: "features",
  partition: 0,
  position: 2,
  committed: 1,
  endOffset: 3,
  lag: 2,
  paused: "halted",
  halted: { reason: "no table", code: "FAILED_PRECONDITION", offset: 1, sinceMs: 0 },
  waitingRecords: 0,
  inFlightRecords: 1,
  inFlightBytes: 10,
  oldestOpenMs: 5,
  lastCommitMs: 6,
};

let log: MemoryLog;
let http: TestHttp;
let start: "earliest" | "latest";

beforeEach(async () => {
  log = new MemoryLog();
  log.addTopic("features", 2);
  start = "earliest";
  http = await startTestHttp(
    lagRoutes({
      groupId: "onfs",
      logs: [log.asLog],
      topics: () => [
        readTopic("features", log, { start }),
        readTopic("missing", log, { dialect: "row", groupId: "ofs-row-missing" }),
      ],
      partitions: () => [OWN],
    }),
  );
});

afterEach(() => http.close());

it("tells ends, commits and what this process says of its partitions", async () => {
  const record = { topic: "features", key: undefined, value: undefined, headers: [] };
  for (let count = 0; count < 3; count++) log.add(record);
  log.add({ ...record, partition: 1 });
  log.commits.set("features", new Map([[0, { offset: 1, metadata: "" }]]));
  const { body } = await http.call("/lag");
  expect(body).toMatchObject({
    group: "onfs",
    lag: 3,
    topics: [
      {
        topic: "features",
        group: "onfs",
        lag: 3,
        partitions: [
          {
            partition: 0,
            endOffset: 3,
            committed: 1,
            lag: 2,
            isAssignedHere: true,
            paused: "halted",
          },
          { partition: 1, endOffset: 1, lag: 1, isAssignedHere: false },
        ],
      },
      { topic: "missing", dialect: "row", group: "ofs-row-missing", exists: false, lag: 0 },
    ],
  });
});

it("counts nothing as behind where a group without commits begins at the end", async () => {
  log.add({ topic: "features", key: undefined, value: undefined, headers: [] });
  start = "latest";
  expect((await http.call("/lag")).body.lag).toBe(0);
});

it("lists topics, and those that are read but do not exist", async () => {
  log.addTopic("features.dlq", 2);
  expect((await http.call("/topics")).body).toEqual({
    topics: [
      { name: "features", partitionCount: 2, isConsumed: true, dialect: "block" },
      { name: "features.dlq", partitionCount: 2, isConsumed: false },
      { name: "missing", partitionCount: 0, isConsumed: true, dialect: "row" },
    ],
  });
});
