import { FeatureStoreError } from "@ofs/platform";
import { describe, expect, test } from "vitest";
import { IngestRig, partitionOf } from "../support/ingest-rig.ts";

describe("a partition halts", () => {
  test("on a row that fails in a way that hardly passes, and goes on by itself when it does", async () => {
    const rig = new IngestRig({ settings: { lanesPerConnection: 2 } });
    let isBroken = true;
    rig.format.fail = ({ key }) =>
      key === "a" && isBroken ? new FeatureStoreError("INTERNAL", "no such column") : undefined;
    await rig.start(2);
    rig.addRow(0, "first", "1");
    const halting = rig.addRow(0, "a", "1");
    await rig.clock.advance(200);
    const { halted, paused } = rig.partitionStatus();
    expect(halted).toMatchObject({
      code: "INTERNAL",
      offset: halting.offset,
      reason: "a row is not stored: no such column",
    });
    expect(paused).toBe("halted");
    expect(rig.source.isPaused(partitionOf(0))).toBe(true);
    expect(rig.ingestor.status().isHealthy).toBe(false);

    rig.addRow(0, "later", "1");
    rig.addRow(1, "other", "1");
    await rig.clock.advance(20_000);
    // It takes nothing new, commits what is below, and others go on.
    expect(rig.stored()).toEqual({ "table/first": "1", "table/other": "1" });
    expect(rig.committed(0)).toBe(1);
    expect(rig.committed(1)).toBe(1);

    isBroken = false;
    await rig.clock.advance(20_000);
    expect(rig.partitionStatus().halted).toBeUndefined();
    expect(rig.source.isPaused(partitionOf(0))).toBe(false);
    expect(rig.stored()).toMatchObject({ "table/a": "1", "table/later": "1" });
    expect(rig.committed(0)).toBe(3);
    expect(rig.ingestor.status()).toMatchObject({ isHealthy: true, reasons: [] });
    expect(rig.sink.records).toEqual([]);
    await rig.close();
  });

  test("and tries again slowly", async () => {
    const rig = new IngestRig({ settings: { haltRetryMs: 30_000 } });
    rig.format.fail = () => new FeatureStoreError("FAILED_PRECONDITION", "no");
    await rig.start();
    rig.addRow(0, "a", "1");
    await rig.clock.advance(95_000);
    expect(rig.format.store.batches).toHaveLength(4);
    const { sinceMs } = rig.partitionStatus().halted ?? { sinceMs: 0 };
    expect(rig.clock.now() - sinceMs).toBeGreaterThan(90_000);
    await rig.close();
  });

  test("no more once the row only fails in a way that passes", async () => {
    const rig = new IngestRig({ settings: { haltRetryMs: 1_000 } });
    let code: "INTERNAL" | "UNAVAILABLE" = "INTERNAL";
    rig.format.fail = () => new FeatureStoreError(code, "no");
    await rig.start();
    rig.addRow(0, "a", "1");
    await rig.clock.advance(500);
    expect(rig.partitionStatus().halted?.code).toBe("INTERNAL");
    code = "UNAVAILABLE";
    await rig.clock.advance(1_500);
    expect(rig.partitionStatus().halted).toBeUndefined();
    await rig.close();
  });

  test("with several bad rows until the last of them is stored", async () => {
    const rig = new IngestRig({ settings: { haltRetryMs: 1_000, lanesPerConnection: 1 } });
    const broken = new Set(["a", "b"]);
    rig.format.fail = ({ key }) =>
      broken.has(key) ? new FeatureStoreError("INTERNAL", `${key} breaks`) : undefined;
    await rig.start();
    rig.add(0, { rows: ["a", "b", "c"].map((key) => ({ key, value: "1" })) });
    await rig.clock.advance(500);
    broken.delete("a");
    await rig.clock.advance(2_000);
    expect(rig.partitionStatus().halted?.reason).toContain("b breaks");
    broken.delete("b");
    await rig.clock.advance(7_000);
    expect(rig.partitionStatus().halted).toBeUndefined();
    expect(rig.committed()).toBe(1);
    await rig.close();
  });

  test("on a message of a store without connection, and goes on when the registry says otherwise", async () => {
    const rig = new IngestRig();
    await rig.start();
    rig.add(0, { rows: [{ key: "a", value: "1" }], isForeign: true });
    rig.addRow(0, "b", "1");
    await rig.clock.advance(1_000);
    expect(rig.partitionStatus().halted).toMatchObject({
      code: "FAILED_PRECONDITION",
      offset: 0,
      reason: "no connection to store 9",
    });
    expect(rig.stored()).toEqual({});
    rig.format.hasForeignStore = true;
    rig.ingestor.registryChanged();
    await rig.clock.advance(6_000);
    expect(rig.stored()).toEqual({ "table/a": "1", "table/b": "1" });
    expect(rig.committed()).toBe(2);
    await rig.close();
  });

  test("on such a message, and tries it again without being told", async () => {
    const rig = new IngestRig();
    await rig.start();
    rig.add(0, { rows: [{ key: "a", value: "1" }], isForeign: true });
    await rig.clock.advance(1_000);
    rig.format.hasForeignStore = true;
    await rig.clock.advance(36_000);
    expect(rig.committed()).toBe(1);
    await rig.close();
  });

  test("when records cannot be read for now, rather than lose them", async () => {
    const rig = new IngestRig();
    const prepare = rig.format.prepare.bind(rig.format);
    rig.format.prepare = () => {
      throw new FeatureStoreError("UNAVAILABLE", "no registry yet");
    };
    await rig.start();
    rig.addRow(0, "a", "1");
    await rig.clock.advance(1_000);
    expect(rig.partitionStatus().halted?.reason).toBe("no registry yet");
    rig.format.prepare = prepare;
    rig.ingestor.registryChanged();
    await rig.clock.advance(6_000);
    expect(rig.committed()).toBe(1);
    expect(rig.sink.records).toEqual([]);
    await rig.close();
  });
});
