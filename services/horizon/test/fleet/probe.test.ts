import { afterEach, describe, expect, it } from "vitest";
import { type Probe, probeInstance } from "../../src/fleet/probe.ts";
import { type Answers, Instances } from "./support/instances.ts";
import { serverMetrics } from "./support/scrape.ts";

const MEBIBYTE = 1024 * 1024;
/** For instances that answer, on a busy machine. */
const PATIENT_MS = 30_000;

const instances = new Instances();

afterEach(() => instances.stop());

function ask(url: string, timeoutMs = PATIENT_MS): Promise<Probe> {
  const target = { service: "api-server", url } as const;
  return probeInstance(target, { monotonicNow: () => 5, timeoutMs });
}

async function probe(answers: Answers): Promise<Probe> {
  return ask(await instances.start({ "/metrics": serverMetrics(), ...answers }));
}

function refusing(status: number, body: string): Answers[string] {
  return (_, response) => void response.writeHead(status).end(body);
}

describe("an instance", () => {
  it("that is ready has numbers", async () => {
    const { metrics, ...rest } = await probe({});
    expect(rest).toEqual({ state: "ready", reasons: [], metricsProblem: undefined });
    expect(metrics).toMatchObject({ atMs: 5, startedAtMs: 1_000_000, registryRevision: 5 });
  });

  it("that is not ready says why, and has its numbers still", async () => {
    const report = {
      status: "not-ready",
      checks: {
        registry: { status: "ok" },
        stores: { status: "failing", detail: { "scylla 1": "away", calls: 3, others: [] } },
        log: { status: "warning" },
      },
    };
    const found = await probe({ "/ready": refusing(503, JSON.stringify(report)) });
    expect(found.state).toBe("not-ready");
    expect(found.reasons).toEqual(["stores: scylla 1: away, calls: 3", "log: warning"]);
    expect(found.metrics?.registryRevision).toBe(5);
  });

  it("with an endless reason says the beginning of it, and of many the first", async () => {
    const detail = { text: "x".repeat(1_000) };
    const checks = Object.fromEntries(
      Array.from({ length: 50 }, (_, at) => [`check-${at}`, { status: "failing", detail }]),
    );
    const report = JSON.stringify({ status: "not-ready", checks });
    const { reasons } = await probe({ "/ready": refusing(503, report) });
    expect(reasons).toHaveLength(20);
    expect(reasons[0]).toHaveLength(300);
  });

  it("that nobody listens for is down", async () => {
    const found = await ask(await instances.startStopped());
    expect(found).toMatchObject({ state: "down", metrics: undefined });
    expect(found.reasons[0]).toMatch(/^cannot be reached: .*ECONNREFUSED/);
  });

  it("that never answers is down when its time is over", async () => {
    const url = await instances.start({ "/ready": () => undefined, "/metrics": () => undefined });
    const found = await ask(url, 50);
    expect(found).toMatchObject({ state: "down", reasons: ["no answer in 50 ms"] });
  });

  it("whose answer does not end is down when its time is over", async () => {
    const url = await instances.start({ "/ready": (_, response) => void response.write("{") });
    expect(await ask(url, 300)).toMatchObject({
      state: "down",
      reasons: ["no answer in 300 ms"],
    });
  });

  it.each([
    ["no JSON", "<html>", "/ready answered no report of readiness: Invalid input"],
    ["another report", '{"status":"fine","checks":{}}', "no report of readiness: status: "],
    ["more than fits", `"${"x".repeat(MEBIBYTE)}"`, "/ready answered more than 262144 bytes"],
  ])("that answers %s is down", async (_, body, reason) => {
    const found = await probe({ "/ready": body });
    expect(found.state).toBe("down");
    expect(found.reasons[0]).toContain(reason);
  });

  it("that answers another status is down", async () => {
    const found = await probe({ "/ready": refusing(404, "") });
    expect(found.reasons).toEqual(["/ready answered HTTP 404"]);
  });

  it("that leads elsewhere is not followed", async () => {
    const found = await probe({
      "/ready": (_, response) => void response.writeHead(302, { location: "/metrics" }).end(),
    });
    expect(found.state).toBe("down");
    expect(found.reasons[0]).toContain("cannot be reached");
  });
});

describe("metrics", () => {
  it("that are none are a problem of their own", async () => {
    const found = await probe({ "/metrics": "ofs_registry_revision what" });
    expect(found).toMatchObject({ state: "ready", metrics: undefined });
    expect(found.metricsProblem).toBe(
      'line 1 of the metrics: no value: "ofs_registry_revision what"',
    );
  });

  it("that never end are given up", async () => {
    const found = await probe({
      "/metrics": (_, response) => {
        const line = `${"x".repeat(MEBIBYTE)}\n`;
        const send = (): void => {
          while (!response.destroyed && response.write(line));
          response.once("drain", send);
        };
        send();
      },
    });
    expect(found.state).toBe("ready");
    expect(found.metricsProblem).toBe(`/metrics answered more than ${16 * MEBIBYTE} bytes`);
  });

  it("that fail are a problem of their own", async () => {
    const found = await probe({ "/metrics": refusing(500, "") });
    expect(found).toMatchObject({
      state: "ready",
      metricsProblem: "/metrics answered HTTP 500",
    });
  });
});
