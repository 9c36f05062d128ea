import { beforeEach, expect, test } from "vitest";
import { type WorkPhase, WorkTimes } from "../../src/runs/work-times.ts";

let nowMs = 0;
let spent: Partial<Record<WorkPhase, number>>;
let times: WorkTimes;

beforeEach(() => {
  nowMs = 1_000;
  spent = {};
  times = new WorkTimes(
    () => nowMs,
    (phase, seconds) => {
      if (seconds > 0) spent[phase] = (spent[phase] ?? 0) + seconds;
    },
  );
});

function pass(seconds: number): void {
  nowMs += seconds * 1_000;
}

test("time counts for the phase in which it passes", () => {
  pass(1);
  times.enter("log");
  pass(2);
  times.enter("database");
  pass(4);
  times.flush();
  expect(spent).toEqual({ database: 5, log: 2 });
});

test("a wait shows while it lasts", () => {
  times.enter("log");
  pass(3);
  times.flush();
  expect(spent).toEqual({ log: 3 });
  pass(1);
  times.flush();
  expect(spent).toEqual({ log: 4 });
});

test("calls of the storage interrupt what goes on, also when several are under way", async () => {
  times.enter("decode");
  pass(1);
  const ends: (() => void)[] = [];
  const call = () => new Promise<void>((resolve) => ends.push(resolve));
  const first = times.inStorage(call);
  pass(2);
  const second = times.inStorage(call);
  pass(3);
  ends[0]?.();
  await first;
  pass(4);
  ends[1]?.();
  await second;
  pass(5);
  times.flush();
  expect(spent).toEqual({ decode: 6, storage: 9 });
});

test("a call of the storage that fails has taken its time", async () => {
  const failure = new Error("away");
  const call = async (): Promise<void> => {
    pass(2);
    throw failure;
  };
  await expect(times.inStorage(call)).rejects.toBe(failure);
  pass(1);
  times.flush();
  expect(spent).toEqual({ storage: 2, database: 1 });
});

test("a reader's time is decoding until a batch is there, and its first wait may be for the storage", async () => {
  async function* read(): AsyncGenerator<number> {
    await times.inStorage(async () => pass(10));
    pass(1);
    yield 1;
    pass(2);
    yield 2;
    pass(4);
  }
  for await (const batch of times.batches(read())) {
    expect(batch).toBeGreaterThan(0);
    pass(100);
    times.enter("log");
    pass(1_000);
  }
  times.flush();
  expect(spent).toEqual({ storage: 10, decode: 7, encode: 200, log: 2_000 });
});
