import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FormatTable, IngestMetrics } from "@ofs/ingest";
import { createLogger } from "@ofs/platform";
import { waitUntil } from "@ofs/testkit";
import { Registry } from "prom-client";
import { expect, it, onTestFinished } from "vitest";
import { openEmbeddedLog } from "../../src/log/embedded-log.ts";
import { checkRowIngest } from "../../src/rows/check-slots.ts";
import { RowMembers } from "../../src/rows/row-members.ts";

const log = createLogger({ service: "t", level: "DISABLED" });

it("a topic whose group no log can have harms no other, and is told", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ofs-row-members-"));
  const records = await openEmbeddedLog(folder, log);
  const members = new RowMembers({
    records,
    groupPrefix: "ofs-row",
    ingestor: {
      formats: new FormatTable([]),
      now: Date.now,
      monotonicNow: () => performance.now(),
      metrics: new IngestMetrics(new Registry()),
    },
    log,
  });
  const good = { topic: "rows", index: 0 };
  const long = { topic: "x".repeat(249), index: 0 };
  onTestFinished(async () => {
    await members.end(good, 1_000);
    await records.close();
    await rm(folder, { recursive: true });
  });
  members.begin(good);
  members.begin(long);
  expect([...members.faults().values()]).toEqual([expect.stringMatching(/^.*groupId has 257/)]);
  await waitUntil(() => members.statuses().every(({ isHealthy }) => isHealthy), {
    what: "reading",
  });
  const { status, detail } = checkRowIngest(members.statuses(), members.faults());
  expect([status, detail]).toMatchObject(["warning", { memberCount: 1 }]);
  await members.end(long, 1_000);
  expect(members.faults().size).toBe(0);
});
