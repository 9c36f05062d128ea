import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import {
  createLogger,
  DEFAULT_TIMES,
  type SuperviseOptions,
  type SuperviseTimes,
  Supervisor,
} from "@ofs/platform";
import { waitUntil } from "@ofs/testkit";
import { Registry } from "prom-client";
import { afterEach, expect, test } from "vitest";

/** Runs the built package, as a worker in production does. */
const SCRIPT = join(import.meta.dirname, "fixture-worker.mjs");
const log = createLogger({ service: "t", level: "DISABLED" });

const sockets: Socket[] = [];
let supervisor: Supervisor | undefined;
let metrics: Registry;

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  setMode(undefined);
  await supervisor?.close().catch(() => undefined); // some tests leave workers that must be killed
  supervisor = undefined;
});

const MODE = "FIXTURE_MODE";

/** Workers that start from now on get it. */
function setMode(mode: string | undefined): void {
  if (mode === undefined) delete process.env[MODE];
  else process.env[MODE] = mode;
}

function make(
  workerCount: number,
  times: Partial<SuperviseTimes> = {},
  options: Partial<SuperviseOptions> = {},
): Supervisor {
  metrics = new Registry();
  supervisor = new Supervisor({
    ...options,
    workerCount,
    host: "127.0.0.1",
    port: 0,
    script: SCRIPT,
    drainTimeoutMs: 1_000,
    log,
    metrics,
    times: { backoff: { stableMs: 60_000, minMs: 10, maxMs: 100 }, ...times },
  });
  return supervisor;
}

async function start(workerCount: number, times: Partial<SuperviseTimes> = {}): Promise<void> {
  await make(workerCount, times).start();
  await waitForReady(workerCount);
}

async function waitForReady(count: number): Promise<void> {
  const isSo = async () => (await metricOf("ofs_workers", { state: "ready" })) === count;
  await waitUntil(isSo, { what: `${count} ready workers`, timeoutMs: 30_000 });
}

async function metricOf(name: string, labels: Record<string, string> = {}): Promise<number> {
  const { values } = (await metrics.getSingleMetric(name)?.get()) ?? { values: [] };
  const found = values.find((one) =>
    Object.entries(labels).every(([label, value]) => one.labels[label] === value),
  );
  return found?.value ?? 0;
}

class Talk {
  readonly socket: Socket;
  #text = "";

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding("utf8");
    socket.on("error", () => socket.destroy());
    socket.on("data", (text: string) => {
      this.#text += text;
    });
  }

  async say(line: string): Promise<string> {
    this.#text = "";
    this.socket.write(`${line}\n`);
    await waitUntil(() => this.#text.endsWith("\n") || this.socket.destroyed, {
      what: `an answer to ${line}`,
      timeoutMs: 30_000,
    });
    return this.#text.trim();
  }
}

async function talk(): Promise<Talk> {
  const socket = connect(supervisor?.port ?? 0, "127.0.0.1");
  sockets.push(socket);
  await once(socket, "connect");
  return new Talk(socket);
}

/** Slot, process and whether the slot is its own, as a worker says. */
async function who(): Promise<[slot: number, pid: number, isActive: boolean]> {
  const [slot, pid, isActive] = (await (await talk()).say("who")).split(" ");
  return [Number(slot), Number(pid), isActive === "true"];
}

async function both(): Promise<Awaited<ReturnType<typeof who>>[]> {
  return [await who(), await who()].toSorted(([a], [b]) => a - b);
}

test("connections go to the workers in turn, each of which has its slot", async () => {
  await start(2);
  const [first, second] = await both();
  expect([first?.[0], second?.[0]]).toEqual([0, 1]);
  expect(first?.[1]).not.toBe(second?.[1]);
  expect(await both()).toEqual([first, second]);
  expect(JSON.parse(await (await talk()).say("summary"))).toEqual({
    workerCount: 2,
    readyCount: 2,
  });
});

test("a worker that crashes is replaced in its slot", async () => {
  await start(2);
  const [before] = await both();
  const victim = await talk();
  const [slot] = (await victim.say("who")).split(" ");
  await victim.say("crash");
  await waitForReady(2);
  const after = await both();
  expect(after.map(([number]) => number)).toEqual([0, 1]);
  expect(after[Number(slot)]?.[1]).not.toBe(before?.[1]);
  expect(await metricOf("ofs_worker_restarts_total", { reason: "crashed" })).toBe(1);
});

test("if no worker comes up, the start fails with what a worker says", async () => {
  setMode("failing");
  await expect(make(2).start()).rejects.toThrow("no worker could start: the fixture fails");
});

test("a taken port fails the start before any worker runs", async () => {
  await start(1);
  const taken = supervisor?.port ?? 0;
  const late = new Supervisor({
    workerCount: 1,
    host: "127.0.0.1",
    port: taken,
    script: SCRIPT,
    drainTimeoutMs: 1_000,
    log,
    metrics: new Registry(),
  });
  await expect(late.start()).rejects.toMatchObject({ code: "EADDRINUSE" });
});

test("a worker that hangs is killed, and the connection in its hands goes to another", async () => {
  await start(2, { pingIntervalMs: 100, maxMissedPings: 5 });
  const hanging = await talk();
  const [, pid] = (await hanging.say("who")).split(" ");
  hanging.socket.write("hang\n");
  const others = await Promise.all(Array.from({ length: 4 }, () => who()));
  expect(others.map(([, other]) => other)).not.toContain(Number(pid));
  await waitForReady(2);
  expect(await metricOf("ofs_worker_restarts_total", { reason: "hung" })).toBe(1);
});

test("a reload replaces all; those asked for meanwhile are one more", async () => {
  await start(2);
  const before = await both();
  supervisor?.reload();
  supervisor?.reload();
  supervisor?.reload();
  const isDone = async () => (await metricOf("ofs_worker_reloads_total", { result: "done" })) === 2;
  await waitUntil(isDone, { what: "two rounds", timeoutMs: 30_000 });
  const after = await both();
  expect(after.map(([slot]) => slot)).toEqual([0, 1]);
  for (const [slot, pid, isActive] of after) {
    expect(pid).not.toBe(before[slot]?.[1]);
    expect(isActive).toBe(true);
  }
  expect(await metricOf("ofs_worker_restarts_total", { reason: "reload" })).toBe(4);
  expect(await metricOf("ofs_worker_reloads_total", { result: "done" })).toBe(2);
});

test("a reload stops at a replacement that does not get ready; the old worker stays", async () => {
  await start(2, { readyTimeoutMs: 1_500 });
  const before = await both();
  setMode("never-ready");
  supervisor?.reload();
  const isOver = async () =>
    (await metricOf("ofs_worker_reloads_total", { result: "stopped" })) === 1;
  await waitUntil(isOver, { what: "the end", timeoutMs: 30_000 });
  expect(await both()).toEqual(before);
  expect(await metricOf("ofs_workers", { state: "ready" })).toBe(2);
});

test("a connection that every worker refuses is closed", async () => {
  setMode("full");
  await start(2);
  const { socket } = await talk();
  await once(socket.resume(), "close");
  expect(await metricOf("ofs_worker_connection_faults_total", { reason: "full" })).toBe(1);
});

test("what is published is seen by the others when the publisher goes on", async () => {
  await start(3);
  const talks = [await talk(), await talk(), await talk()] as [Talk, Talk, Talk];
  for (let round = 0; round < 50; round += 1) {
    expect(JSON.parse(await talks[0].say(`publish n${round}`))).toEqual({ lateCount: 0 });
    expect(await talks[1].say("seen")).toBe(`n${round}`);
    expect(await talks[2].say("seen")).toBe(`n${round}`);
  }
  expect(await talks[0].say("seen")).toBe("nothing");
});

test("a worker that hangs holds a publisher up once, and for a bounded time", async () => {
  await start(2);
  const [publisher, hanging] = [await talk(), await talk()];
  hanging.socket.write("hang\n");
  const publish = async (): Promise<[lateCount: number, timeMs: number]> => {
    const startedMs = performance.now();
    const { lateCount } = JSON.parse(await publisher.say("publish x")) as { lateCount: number };
    return [lateCount, performance.now() - startedMs];
  };
  let first = await publish();
  // It may still have answered what came before it began to hang.
  while (first[0] === 0) first = await publish();
  expect(first[1]).toBeGreaterThan(90);
  const next = [await publish(), await publish(), await publish()];
  expect(next.map(([lateCount]) => lateCount)).toEqual([1, 1, 1]);
  expect(Math.min(...next.map(([, timeMs]) => timeMs))).toBeLessThan(90);
  expect(await metricOf("ofs_worker_bus_late_total")).toBe(4);
});

test("counts of workers that have ended, by a reload or a crash, stay in the sum", async () => {
  await start(2);
  const counted = async (): Promise<number> => {
    const text = JSON.parse(await (await talk()).say("scrape")) as string;
    return Number(/^fixture_lines_total (\d+)/m.exec(text)?.[1]);
  };
  await both();
  expect(await counted()).toBe(3);
  const victim = await talk();
  await victim.say("crash");
  await waitForReady(2);
  // The crash's own line was counted after the last scrape.
  expect(await counted()).toBe(4);
  supervisor?.reload();
  const isDone = async () => (await metricOf("ofs_worker_reloads_total", { result: "done" })) === 1;
  await waitUntil(isDone, { what: "the reload", timeoutMs: 30_000 });
  expect(await counted()).toBe(5);
});

test("a worker that does not drain in time is killed, and the end is not clean", async () => {
  setMode("stuck");
  await start(1);
  await expect(supervisor?.close()).rejects.toThrow("workers did not end cleanly");
});

test("a close while workers start ends them at once", async () => {
  const starting = make(2, DEFAULT_TIMES).start();
  await new Promise((turn) => setImmediate(turn));
  await supervisor?.close();
  await starting;
  expect(await metricOf("ofs_workers", { state: "starting" })).toBe(0);
});
