import { MessageFault } from "@ofs/ingest";
import { FeatureStoreError } from "@ofs/platform";
import { describe, expect, test } from "vitest";
import { IngestRig, partitionOf } from "../support/ingest-rig.ts";
import { headerText } from "../support/memory-sink.ts";

async function createRig(settings = {}): Promise<IngestRig> {
  const rig = new IngestRig({ settings });
  rig.format.registry = new Set();
  await rig.start(2);
  return rig;
}

function addNeeding(rig: IngestRig, needs: string, key: string, partition = 0): void {
  rig.add(partition, { needs, rows: [{ key, value: "1" }] });
}

describe("a message that misses a name of the registry", () => {
  test("waits until it is there; its partition goes on, but commits stop below it", async () => {
    const rig = await createRig();
    rig.addRow(0, "before", "1");
    addNeeding(rig, "user", "a");
    rig.addRow(0, "after", "1");
    await rig.clock.advance(7_000);
    expect(rig.stored()).toEqual({ "table/before": "1", "table/after": "1" });
    expect(rig.committed()).toBe(1);
    expect(rig.partitionStatus()).toMatchObject({ waitingRecords: 1, halted: undefined });
    expect(rig.ingestor.status().isHealthy).toBe(true);

    rig.format.registry?.add("user");
    rig.ingestor.registryChanged();
    await rig.clock.advance(6_000);
    expect(rig.stored()["table/a"]).toBe("1");
    expect(rig.committed()).toBe(3);
    expect(rig.partitionStatus().waitingRecords).toBe(0);
    expect(rig.sink.records).toEqual([]);
    await rig.close();
  });

  test("keeps waiting when the registry changes in another way", async () => {
    const rig = await createRig();
    addNeeding(rig, "user", "a");
    await rig.clock.advance(1_000);
    rig.format.registry?.add("item");
    rig.ingestor.registryChanged();
    await rig.clock.advance(1_000);
    expect(rig.partitionStatus().waitingRecords).toBe(1);
    await rig.close();
  });

  test("has no more time for a fault that does not name what is missing", async () => {
    const rig = await createRig();
    rig.format.onPrepare = () => {
      const cause = new FeatureStoreError("NOT_FOUND", "something is not there");
      throw new MessageFault("registry", cause);
    };
    rig.addRow(0, "a", "1");
    for (let second = 0; second < 31; second++) {
      rig.ingestor.registryChanged();
      await rig.clock.advance(1_000);
    }
    expect(rig.sink.records).toHaveLength(1);
    await rig.close();
  });

  test("is stored even if nobody tells of the change, at the end of its time", async () => {
    const rig = await createRig();
    addNeeding(rig, "user", "a");
    await rig.clock.advance(1_000);
    rig.format.registry?.add("user");
    await rig.clock.advance(36_000);
    expect(rig.stored()).toEqual({ "table/a": "1" });
    await rig.close();
  });

  test("becomes a dead letter when its time is up", async () => {
    const rig = await createRig();
    addNeeding(rig, "user", "a");
    await rig.clock.advance(29_000);
    expect(rig.sink.records).toEqual([]);
    await rig.clock.advance(7_000);
    const [letter] = rig.sink.records;
    expect(headerText(letter ?? { headers: [] }, "dlq-code")).toBe("NOT_FOUND");
    expect(headerText(letter ?? { headers: [] }, "dlq-error")).toBe("user is not registered");
    expect(rig.committed()).toBe(1);
    await rig.close();
  });

  test("waits from when its name was first missed, by whichever message", async () => {
    const rig = await createRig();
    addNeeding(rig, "user", "a");
    await rig.clock.advance(20_000);
    addNeeding(rig, "user", "b", 1);
    await rig.clock.advance(11_000);
    expect(rig.sink.records).toHaveLength(2);
    await rig.close();
  });

  test("waits no more once the name's time was up, until it has not been missed for long", async () => {
    const rig = await createRig();
    addNeeding(rig, "user", "a");
    await rig.clock.advance(31_000);
    addNeeding(rig, "user", "b");
    await rig.clock.advance(500);
    expect(rig.sink.records).toHaveLength(2);
    await rig.clock.advance(400_000);
    addNeeding(rig, "user", "c");
    await rig.clock.advance(500);
    expect(rig.sink.records).toHaveLength(2);
    expect(rig.partitionStatus().waitingRecords).toBe(1);
    await rig.close();
  });

  test("has its full time again when the name was there in between", async () => {
    const rig = await createRig();
    addNeeding(rig, "user", "a");
    await rig.clock.advance(20_000);
    rig.format.registry?.add("user");
    rig.ingestor.registryChanged();
    await rig.clock.advance(40_000);
    rig.format.registry?.delete("user");
    addNeeding(rig, "user", "b");
    await rig.clock.advance(20_000);
    expect(rig.sink.records).toEqual([]);
    expect(rig.partitionStatus().waitingRecords).toBe(1);
    await rig.close();
  });

  test("does not wait at all where that is configured", async () => {
    const rig = await createRig({ registryWaitMs: 0 });
    addNeeding(rig, "user", "a");
    await rig.clock.advance(500);
    expect(rig.sink.records).toHaveLength(1);
    await rig.close();
  });

  test("counts as in flight: no more are taken than the bounds allow", async () => {
    const rig = await createRig({ maxPartitionRecords: 10 });
    for (let index = 0; index < 500; index++) addNeeding(rig, "user", `k${index}`);
    await rig.clock.advance(5_000);
    expect(rig.partitionStatus().paused).toBe("bounds");
    // The bound, and at most one fetch more.
    expect(rig.partitionStatus().waitingRecords).toBeLessThanOrEqual(110);
    await rig.close();
  });

  test("is written with those that follow it in order", async () => {
    const rig = await createRig({ lanesPerConnection: 1 });
    rig.add(0, { needs: "user", rows: [{ key: "a", value: "1" }] });
    rig.add(0, { needs: "user", rows: [{ key: "a", value: "2" }] });
    await rig.clock.advance(1_000);
    rig.add(0, { needs: "user", rows: [{ key: "a", value: "3" }] });
    rig.format.registry?.add("user");
    rig.ingestor.registryChanged();
    await rig.clock.advance(1_000);
    expect(rig.stored()).toEqual({ "table/a": "3" });
    await rig.close();
  });

  test("is forgotten with its partition", async () => {
    const rig = await createRig();
    addNeeding(rig, "user", "a");
    await rig.clock.advance(1_000);
    rig.source.lose(partitionOf(0));
    await rig.clock.advance(60_000);
    expect(rig.sink.records).toEqual([]);
    await rig.close();
  });

  test("is one of many names, of which not more are remembered than configured", async () => {
    const rig = await createRig({ registryWaitMs: 1_000, maxMissingNames: 5 });
    for (let index = 0; index < 50; index++) {
      addNeeding(rig, `name-${index}`, "a");
      await rig.clock.advance(1_200);
    }
    expect(rig.sink.records).toHaveLength(50);
    // The first has been forgotten, so it waits anew; the last has not.
    addNeeding(rig, "name-0", "a");
    addNeeding(rig, "name-49", "a");
    await rig.clock.advance(100);
    expect(rig.sink.records).toHaveLength(51);
    await rig.close();
  });
});
