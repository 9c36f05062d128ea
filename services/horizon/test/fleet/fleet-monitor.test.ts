import { beforeEach, describe, expect, it } from "vitest";
import { FleetMonitor } from "../../src/fleet/fleet-monitor.ts";
import { reportFleet } from "../../src/fleet/fleet-report.ts";
import type { Probe } from "../../src/fleet/probe.ts";
import { readMetrics } from "../../src/fleet/reading.ts";
import type { FleetService, FleetTarget } from "../../src/fleet/targets.ts";
import { consumerMetrics, serverMetrics } from "./support/scrape.ts";

const STARTED_MS = Date.UTC(2026, 0, 1);

let nowMs: number;
/** `/metrics` by url; an instance without is down. */
let scrapes: Map<string, string>;
let asked: string[];
let changeRevision: number | undefined;

beforeEach(() => {
  nowMs = 0;
  scrapes = new Map();
  asked = [];
  changeRevision = undefined;
});

async function probe({ url }: FleetTarget): Promise<Probe> {
  asked.push(url);
  const text = scrapes.get(url);
  const common = { metricsProblem: undefined };
  if (text === undefined) {
    return { ...common, state: "down", reasons: ["cannot be reached"], metrics: undefined };
  }
  return { ...common, state: "ready", reasons: [], metrics: readMetrics(text, nowMs) };
}

function monitorOf(...services: FleetService[]): FleetMonitor {
  const targets = services.map((service, at) => ({ service, url: `http://${service}-${at}` }));
  const now = (): number => STARTED_MS + nowMs;
  return new FleetMonitor({
    targets,
    probe,
    changeRevision: () => changeRevision,
    now,
    monotonicNow: () => nowMs,
  });
}

async function report(monitor: FleetMonitor) {
  return reportFleet(await monitor.observe(), () => true);
}

const A = "http://api-server-0";
const B = "http://api-server-1";
const C = "http://consumer-0";
const D = "http://consumer-1";

describe("looking at the fleet", () => {
  it("is shared by those who look at the same time, and for two seconds", async () => {
    scrapes.set(A, serverMetrics());
    const monitor = monitorOf("api-server");
    const [first, second] = await Promise.all([monitor.observe(), monitor.observe()]);
    expect(second).toBe(first);
    nowMs += 1_999;
    expect(await monitor.observe()).toBe(first);
    nowMs += 1;
    expect(await monitor.observe()).not.toBe(first);
    expect(asked).toEqual([A, A]);
  });

  it("asks sixteen instances at a time, each once", async () => {
    let [running, most] = [0, 0];
    const targets = Array.from({ length: 40 }, (_, at) => ({
      service: "api-server" as const,
      url: `http://${at}`,
    }));
    const monitor = new FleetMonitor({
      targets,
      probe: async (target) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return probe(target);
      },
      changeRevision: () => undefined,
      now: () => 0,
      monotonicNow: () => 0,
    });
    const { instances } = await monitor.observe();
    expect(instances.map(({ target }) => target)).toEqual(targets);
    expect(asked).toHaveLength(40);
    expect(most).toBe(16);
  });
});

describe("rates", () => {
  it("are unknown at the first look, and over the last minute then", async () => {
    const monitor = monitorOf("api-server");
    scrapes.set(A, serverMetrics({ reads: 1_000 }));
    const first = await report(monitor);
    expect(first).toMatchObject({ reads: undefined, writes: undefined, windowSeconds: undefined });
    for (let seconds = 10; seconds <= 100; seconds += 10) {
      nowMs = seconds * 1_000;
      // Ten a second, and a hundred after a minute.
      const reads = 1_000 + Math.min(seconds, 60) * 10 + Math.max(seconds - 60, 0) * 100;
      scrapes.set(A, serverMetrics({ reads }));
      const { reads: rate, windowSeconds } = await report(monitor);
      if (seconds <= 60) expect(rate?.perSecond).toBeCloseTo(10);
      expect(windowSeconds).toBe(Math.min(seconds, 60));
    }
    const { reads } = await report(monitor);
    expect(reads?.perSecond).toBeCloseTo((20 * 10 + 40 * 100) / 60);
  });

  it("are forgotten when nobody has looked for a minute", async () => {
    const monitor = monitorOf("api-server");
    scrapes.set(A, serverMetrics({ reads: 10 }));
    await report(monitor);
    nowMs += 61_000;
    scrapes.set(A, serverMetrics({ reads: 10_000 }));
    expect((await report(monitor)).reads).toBeUndefined();
  });

  it("begin anew after a restart, also one whose counters are higher", async () => {
    const monitor = monitorOf("api-server");
    scrapes.set(A, serverMetrics({ reads: 10 }));
    await report(monitor);
    nowMs += 10_000;
    scrapes.set(A, serverMetrics({ reads: 500, startedSeconds: 1_005 }));
    expect((await report(monitor)).reads).toBeUndefined();
    nowMs += 10_000;
    scrapes.set(A, serverMetrics({ reads: 520, startedSeconds: 1_005 }));
    expect((await report(monitor)).reads?.perSecond).toBeCloseTo(2);
    nowMs += 10_000;
    scrapes.set(A, serverMetrics({ reads: 519, startedSeconds: 1_005 }));
    expect((await report(monitor)).reads).toBeUndefined();
  });

  it("are added up over instances, of which one that is down has none", async () => {
    const monitor = monitorOf("api-server", "api-server");
    scrapes.set(A, serverMetrics({}));
    scrapes.set(B, serverMetrics({}));
    await report(monitor);
    nowMs += 10_000;
    const numbers = { reads: 100, failedReads: 20, writes: 50, refusals: 10, hits: 30, misses: 10 };
    scrapes.set(A, serverMetrics(numbers));
    scrapes.set(B, serverMetrics({ reads: 300, hits: 10, misses: 30 }));
    const both = await report(monitor);
    expect(both.reads).toMatchObject({ perSecond: 42, failuresPerSecond: 2 });
    expect(both.refusalsPerSecond).toBe(1);
    expect(both.reads?.p50Seconds).toBeCloseTo(0.00175);
    expect(both.reads?.p99Seconds).toBeCloseTo(0.002485);
    expect(both.writes).toMatchObject({ perSecond: 5, p99Seconds: undefined });
    expect(both.caches).toEqual([{ tier: "in_memory", hitRatio: 0.5 }]);
    nowMs += 10_000;
    scrapes.delete(B);
    const one = await report(monitor);
    expect(one.reads?.perSecond).toBeCloseTo(6);
    expect(one.instances[1]).toMatchObject({ state: "down", reasons: ["cannot be reached"] });
    scrapes.clear();
    nowMs += 10_000;
    expect(await report(monitor)).toMatchObject({
      reads: undefined,
      writes: undefined,
      caches: [],
    });
  });
});

describe("the registry", () => {
  it.each([
    [{ revision: 5 }, 5, "current"],
    [{ revision: 9 }, 5, "current"],
    [{ revision: 4 }, 5, "behind"],
    // Nothing has changed since this process started, and numbers of whole trees cannot be compared.
    [{ revision: 4 }, undefined, "current"],
    [{ revision: 5, isLive: false }, 5, "cut-off"],
    [{ revision: 0 }, 5, "none"],
  ] as const)("%j is, with the last change at %s, %s", async (numbers, change, state) => {
    changeRevision = change;
    scrapes.set(A, serverMetrics(numbers));
    const { instances } = await report(monitorOf("api-server"));
    expect(instances[0]?.registryState).toBe(state);
  });
});

describe("ingestion", () => {
  it("is told by topic: lag, delay, dead letters", async () => {
    const monitor = monitorOf("consumer", "consumer");
    scrapes.set(C, consumerMetrics({ lag: 7, oldestSeconds: 3, deadLetters: 1 }));
    scrapes.set(D, consumerMetrics({ partition: 1, lag: 5, oldestSeconds: 4, halted: 1 }));
    const first = await report(monitor);
    expect(first.ingest).toMatchObject({
      rowsPerSecond: undefined,
      haltedPartitionCount: 1,
      waitingRecordCount: 6,
    });
    nowMs += 10_000;
    scrapes.set(C, consumerMetrics({ records: 100, lag: 7, oldestSeconds: 3, deadLetters: 21 }));
    const { ingest } = await report(monitor);
    expect(ingest?.rowsPerSecond).toBeCloseTo(20);
    const [events, quiet] = ingest?.topics ?? [];
    expect(events).toMatchObject({
      topic: "events",
      lagRecords: 12,
      oldestSeconds: 4,
      recordsPerSecond: 10,
      deadLetterCount: 21,
      deadLettersPerSecond: 2,
    });
    expect(events?.delayP50Seconds).toBeCloseTo(0.3);
    expect(quiet).toMatchObject({
      topic: "quiet",
      lagRecords: undefined,
      oldestSeconds: undefined,
      delayP50Seconds: undefined,
      deadLetterCount: 2,
    });
  });

  it("counts a partition once while it moves from one consumer to the other", async () => {
    scrapes.set(C, consumerMetrics({ lag: 7 }));
    scrapes.set(D, consumerMetrics({ lag: 9 }));
    const { ingest } = await report(monitorOf("consumer", "consumer"));
    expect(ingest?.topics[0]?.lagRecords).toBe(9);
  });

  it("is unknown while no consumer answers", async () => {
    expect((await report(monitorOf("consumer"))).ingest).toBeUndefined();
  });
});

describe("the groups that nobody has written for longest", () => {
  it("come first, by the last write of any service, and only those that are there", async () => {
    scrapes.set(A, serverMetrics({ lastWrites: { "user/a": 10, "user/b": 90, "user/gone": 1 } }));
    scrapes.set(B, serverMetrics({ lastWrites: { "user/a": 20 } }));
    scrapes.set(
      "http://consumer-2",
      consumerMetrics({ lastWrites: { "user/b": 5, "user/c": 50 } }),
    );
    const monitor = monitorOf("api-server", "api-server", "consumer");
    const observation = await monitor.observe();
    const isKnown = (_: string, group: string): boolean => group !== "gone";
    expect(reportFleet(observation, isKnown).oldestWrites).toEqual([
      { entity: "user", group: "a", lastWrites: { "api-server": 20_000 } },
      { entity: "user", group: "c", lastWrites: { consumer: 50_000 } },
      { entity: "user", group: "b", lastWrites: { "api-server": 90_000, consumer: 5_000 } },
    ]);
  });
});
