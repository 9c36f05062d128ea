import { expect, test } from "vitest";
import { WriteClock } from "../src/persist/write-clock.ts";

const START_MS = Date.UTC(2026, 0, 1);

function createClock() {
  const time = { wallMs: START_MS, monotonicMs: 5 };
  const clock = new WriteClock(
    () => Math.floor(time.wallMs),
    () => time.monotonicMs,
  );
  const pass = (ms: number) => {
    time.wallMs += ms;
    time.monotonicMs += ms;
  };
  return { clock, time, pass };
}

test("times within a millisecond differ by the microseconds that have passed", () => {
  const { clock, pass } = createClock();
  const first = clock.next();
  pass(0.25);
  expect(clock.next() - first).toBe(250);
});

test("times stay within the millisecond of the wall clock, also when it is set", () => {
  const { clock, time, pass } = createClock();
  for (const setByMs of [0, 3_600_000, 0, 0.4, 12]) {
    time.wallMs += setByMs;
    pass(7.3);
    const micros = clock.next();
    expect(Math.floor(micros / 1000)).toBe(Math.floor(time.wallMs));
  }
});

test("times rise when the wall clock is set back or stands still", () => {
  const { clock, time, pass } = createClock();
  const times = [clock.next(), clock.next()];
  time.wallMs -= 60_000;
  times.push(clock.next());
  pass(1);
  times.push(clock.next());
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(new Set(times).size).toBe(times.length);
});

test("two processes that start in one millisecond tell times apart", () => {
  const [a, b] = [createClock(), createClock()];
  b.pass(0.1);
  a.pass(1.5);
  b.pass(1.5);
  const [first, second] = [a.clock.next(), b.clock.next()];
  expect(second - first).toBe(100);
});
