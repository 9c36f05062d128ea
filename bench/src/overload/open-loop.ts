import { setTimeout as delay } from "node:timers/promises";
import { type Call, type CallEnd, CallLane } from "./call-lane.ts";
import { type LoadPlan, type LoadReport, type Phase, SLICE_MS, type Slice } from "./load-plan.ts";

/** Between looks at the clock: what is due since the last one is sent. */
const TICK_MS = 4;

const OK = "0";
const DEADLINE_EXCEEDED = "4";
const RESOURCE_EXHAUSTED = "8";

/** Calls over many connections, phase by phase. */
export class OpenLoop {
  readonly #plan: LoadPlan;
  readonly #lanes: CallLane[];
  readonly #slices: Slice[] = [];
  readonly #goodMs = new Map<string, number[]>();
  readonly #refusedMs = new Map<string, number[]>();
  readonly #failures = new Map<string, number>();
  readonly #ownCpu = new Map<string, number>();
  /** In order of arrival, and so of deadline. */
  #open: { call: Call; lane: CallLane }[] = [];
  #openCount = 0;
  #nextRequest = 0;
  #startedAtMs = 0;

  constructor(plan: LoadPlan) {
    this.#plan = plan;
    this.#lanes = Array.from(
      { length: plan.connectionCount },
      () => new CallLane(plan, (call, end) => this.#count(call, end)),
    );
  }

  async run(): Promise<LoadReport> {
    this.#startedAtMs = performance.now();
    const startedAtUnixMs = Date.now();
    for (const phase of this.#plan.phases) await this.#runPhase(phase);
    while (this.#open.length > 0) {
      await delay(TICK_MS);
      this.#expire();
    }
    for (const lane of this.#lanes) lane.close();
    return {
      startedAtUnixMs,
      slices: this.#slices,
      goodMs: this.#goodMs,
      refusedMs: this.#refusedMs,
      failures: this.#failures,
      ownCpu: this.#ownCpu,
    };
  }

  async #runPhase({ name, load, seconds }: Phase): Promise<void> {
    const cpuBefore = process.cpuUsage();
    const startedAtMs = performance.now();
    let slice = this.#addSlice(name);
    let arrivedCount = 0;
    for (let nowMs = startedAtMs; nowMs - startedAtMs < seconds * 1000; nowMs = performance.now()) {
      if (nowMs - this.#startedAtMs >= slice.startMs + SLICE_MS) slice = this.#addSlice(name);
      const dueCount =
        "openCalls" in load
          ? arrivedCount + load.openCalls - this.#openCount
          : Math.floor(((nowMs - startedAtMs) / 1000) * load.callsPerSecond);
      for (; arrivedCount < dueCount; arrivedCount++) this.#arrive(slice, nowMs);
      await delay(TICK_MS);
      this.#expire();
    }
    const { user, system } = process.cpuUsage(cpuBefore);
    this.#ownCpu.set(name, (user + system) / 1000 / (performance.now() - startedAtMs));
  }

  #addSlice(phase: string): Slice {
    const startMs = performance.now() - this.#startedAtMs;
    const slice = {
      phase,
      startMs,
      offered: 0,
      good: 0,
      refused: 0,
      late: 0,
      unsent: 0,
      failed: 0,
    };
    this.#slices.push(slice);
    return slice;
  }

  #arrive(slice: Slice, nowMs: number): void {
    const { requests } = this.#plan;
    const index = this.#nextRequest++;
    const lane = this.#lanes[index % this.#lanes.length] as CallLane;
    const call: Call = {
      slice,
      arrivedAtMs: nowMs,
      body: requests[index % requests.length] as Uint8Array,
      sentAtMs: 0,
      stream: undefined,
      isOver: false,
    };
    slice.offered += 1;
    this.#openCount += 1;
    this.#open.push({ call, lane });
    lane.add(call);
  }

  #expire(): void {
    const latestMs = performance.now() - this.#plan.deadlineMs;
    let count = 0;
    for (const { call, lane } of this.#open) {
      if (call.arrivedAtMs > latestMs && !call.isOver) break;
      if (!call.isOver) lane.expire(call);
      count += 1;
    }
    if (count > 0) this.#open = this.#open.slice(count);
  }

  #count(call: Call, end: CallEnd): void {
    const { slice } = call;
    this.#openCount -= 1;
    const nowMs = performance.now();
    const isInTime = nowMs - call.arrivedAtMs <= this.#plan.deadlineMs;
    if (end === OK && isInTime) {
      slice.good += 1;
      push(this.#goodMs, slice.phase, nowMs - call.arrivedAtMs);
    } else if (end === OK || end === DEADLINE_EXCEEDED || end === "late") slice.late += 1;
    else if (end === "unsent") slice.unsent += 1;
    else if (end === RESOURCE_EXHAUSTED) {
      slice.refused += 1;
      push(this.#refusedMs, slice.phase, nowMs - call.sentAtMs);
    } else {
      slice.failed += 1;
      this.#failures.set(end, (this.#failures.get(end) ?? 0) + 1);
    }
  }
}

function push(byPhase: Map<string, number[]>, phase: string, value: number): void {
  const values = byPhase.get(phase);
  if (values === undefined) byPhase.set(phase, [value]);
  else values.push(value);
}
