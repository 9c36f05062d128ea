import { FeatureStoreError, type UnaryCall } from "@ofs/platform";
import { beforeEach, describe, expect, test } from "vitest";
import { CallQueue, OVERLOAD_TEXT } from "../../src/transport/call-queue.ts";
import { SimulatedLoop } from "./simulated-loop.ts";
import { SimulatedStore } from "./simulated-store.ts";

const MAX_WAIT_MS = 200;

let loop: SimulatedLoop;

beforeEach(() => {
  loop = new SimulatedLoop();
});

function newQueue(maxWaitMs = MAX_WAIT_MS): CallQueue {
  return new CallQueue({ maxWaitMs, loop });
}

function newCall(signal = new AbortController().signal): UnaryCall {
  return {
    method: "/test.Service/Work",
    header: () => undefined,
    deadlineMs: Number.POSITIVE_INFINITY,
    signal,
    request: new Uint8Array(),
  };
}

async function settle<T>(answers: readonly (T | Promise<T>)[]): Promise<T[]> {
  let isOver = false;
  const all = Promise.all(answers);
  const end = (): void => {
    isOver = true;
  };
  all.then(end, end);
  while (!isOver) await loop.next();
  return all;
}

test("Node's own loop: a call is done at once, others in their turn", async () => {
  const queue = new CallQueue({ maxWaitMs: 60_000 });
  const busyUntilMs = performance.now() + 20;
  const answers = Array.from({ length: 5 }, (_, index) =>
    queue.run(newCall(), () => {
      while (performance.now() < busyUntilMs);
      return index;
    }),
  );
  expect(answers[0]).toBe(0);
  expect(answers[1]).toBeInstanceOf(Promise);
  const done = await Promise.all(answers.map((answer) => Promise.resolve(answer)));
  expect(done).toEqual([0, 1, 2, 3, 4]);
  expect(queue.length).toBe(0);
});

test("a call that finds time is done at once, and its answer is no promise", () => {
  const queue = newQueue();
  expect(queue.run(newCall(), () => "answer")).toBe("answer");
  const fail = () =>
    queue.run(newCall(), () => {
      throw new Error("failed");
    });
  expect(fail).toThrow("failed");
});

test("without a longest wait every call is done at once", () => {
  const queue = newQueue(0);
  for (let index = 0; index < 50; index++) {
    expect(queue.admits()).toBe(true);
    const work = () => {
      loop.work(10);
      return index;
    };
    expect(queue.run(newCall(), work)).toBe(index);
  }
});

test("a burst is done in the order it came, a few milliseconds in each turn", async () => {
  const queue = newQueue();
  const done: number[] = [];
  const byTurn = new Map<number, number>();
  const answers = Array.from({ length: 60 }, (_, index) => {
    expect(queue.admits()).toBe(true);
    return queue.run(newCall(), () => {
      loop.work(2);
      done.push(index);
      byTurn.set(loop.turn, (byTurn.get(loop.turn) ?? 0) + 1);
      return index;
    });
  });
  expect(queue.length).toBe(60 - done.length);
  const inOrder = Array.from({ length: 60 }, (_, index) => index);
  expect(await settle(answers)).toEqual(inOrder);
  expect(done).toEqual(inOrder);
  expect(Math.max(...byTurn.values())).toBeLessThanOrEqual(6);
  expect([queue.length, queue.refusedCount]).toEqual([0, 0]);
});

test("what a call does after its first await is part of its time", async () => {
  const queue = newQueue();
  const byTurn = new Map<number, number>();
  const work = async () => {
    await Promise.resolve();
    await Promise.resolve();
    loop.work(2);
    byTurn.set(loop.turn, (byTurn.get(loop.turn) ?? 0) + 1);
  };
  // The first takes all the time of the turn they come in.
  const answers = [queue.run(newCall(), () => loop.work(20))];
  for (let index = 0; index < 40; index++) answers.push(queue.run(newCall(), work));
  await settle(answers);
  expect(Math.max(...byTurn.values())).toBeLessThanOrEqual(4);
});

test("a failure of a call that waited is its own", async () => {
  const queue = newQueue();
  void queue.run(newCall(), () => loop.work(20));
  const failing = queue.run(newCall(), () => {
    throw new Error("thrown");
  });
  const rejecting = queue.run(newCall(), () => Promise.reject(new Error("rejected")));
  const good = queue.run(newCall(), () => Promise.resolve("good"));
  const failures = Promise.allSettled([failing, rejecting]);
  expect(await settle([good])).toEqual(["good"]);
  expect(await failures).toMatchObject([
    { reason: { message: "thrown" } },
    { reason: { message: "rejected" } },
  ]);
});

test("a call whose caller has gone is not begun", async () => {
  const queue = newQueue();
  const controller = new AbortController();
  void queue.run(newCall(), () => loop.work(20));
  let isBegun = false;
  const answer = queue.run(newCall(controller.signal), () => {
    isBegun = true;
  });
  controller.abort(new Error("the caller is gone"));
  await expect(settle([answer])).rejects.toThrow("the caller is gone");
  expect(isBegun).toBe(false);
  expect(queue.refusedCount).toBe(0);
});

test("a call that must wait needs a place, if there are places, and gives it back when it begins or is refused", async () => {
  const queue = newQueue();
  const events: string[] = [];
  const run = (name: string, workMs: number) =>
    queue.run(
      newCall(),
      () => {
        events.push(`${name} begins`);
        loop.work(workMs);
      },
      () => {
        if (name === "third")
          return new FeatureStoreError("RESOURCE_EXHAUSTED", "the store is full");
        events.push(`${name} has a place`);
        return () => events.push(`${name} gives it back`);
      },
    );
  void run("first", 20);
  const second = run("second", MAX_WAIT_MS + 50);
  expect(() => run("third", 1)).toThrow("the store is full");
  const fourth = Promise.allSettled([run("fourth", 1)]);
  await settle([second, fourth.then(() => undefined)]);
  expect(await fourth).toMatchObject([{ reason: { message: OVERLOAD_TEXT } }]);
  expect(events).toEqual([
    "first begins",
    "second has a place",
    "fourth has a place",
    "second gives it back",
    "second begins",
    "fourth gives it back",
  ]);
});

test("a call that has waited too long is refused", async () => {
  const queue = newQueue();
  void queue.run(newCall(), () => loop.work(20));
  const answers = Array.from({ length: 10 }, () =>
    Promise.resolve(queue.run(newCall(), () => loop.work(50))),
  );
  const ends = await settle([Promise.allSettled(answers)]);
  const statuses = ends[0]?.map(({ status }) => status);
  expect(statuses?.filter((status) => status === "fulfilled")).toHaveLength(5);
  expect(statuses?.at(-1)).toBe("rejected");
  expect(queue.refusedCount).toBe(5);
});

interface Tally {
  begun: number;
  /** After a wait. */
  refused: number;
  turnedAway: number;
  /** From arrival to end, of those that were begun. */
  readonly timesMs: number[];
}

test("one slow turn after a quiet time says little: none of a few calls is refused", async () => {
  const queue = newQueue();
  await loop.next();
  const first = queue.run(newCall(), () => loop.work(60));
  await loop.next();
  const others = Array.from({ length: 20 }, () => {
    expect(queue.admits()).toBe(true);
    return queue.run(newCall(), () => loop.work(0.1));
  });
  await settle([first, ...others]);
  expect(queue.refusedCount).toBe(0);
});

/** Calls come at a fixed rate, whatever becomes of them, for so long. */
async function load(
  queue: CallQueue,
  work: () => unknown,
  { callsPerMs, forMs }: { readonly callsPerMs: number; readonly forMs: number },
): Promise<Tally> {
  const tally: Tally = { begun: 0, refused: 0, turnedAway: 0, timesMs: [] };
  const open = new Set<Promise<unknown>>();
  const startMs = loop.nowMs();
  let arrivedCount = 0;
  for (let ms = 0; arrivedCount < forMs * callsPerMs; ms = loop.nowMs() - startMs) {
    for (; arrivedCount < Math.min(ms, forMs) * callsPerMs; arrivedCount++) {
      if (!queue.admits()) {
        tally.turnedAway += 1;
        // What it costs to read and refuse one.
        loop.work(0.005);
        continue;
      }
      const arrivedMs = startMs + arrivedCount / callsPerMs;
      const call = Promise.resolve(queue.run(newCall(), work)).then(
        () => {
          tally.begun += 1;
          tally.timesMs.push(loop.nowMs() - arrivedMs);
        },
        (error: Error) => {
          expect(error).toMatchObject({ code: "RESOURCE_EXHAUSTED", message: OVERLOAD_TEXT });
          tally.refused += 1;
        },
      );
      open.add(call);
      void call.then(() => open.delete(call));
    }
    await loop.next();
  }
  await settle([...open]);
  return tally;
}

const CALL_MS = 1;

describe.each([
  ["work at once", () => loop.work(CALL_MS)],
  [
    "work after an await",
    async () => {
      await Promise.resolve();
      loop.work(CALL_MS);
    },
  ],
  [
    "work after something else has answered",
    async () => {
      await new Promise<void>((resolve) => loop.atEndOfTurn(resolve));
      loop.work(CALL_MS);
    },
  ],
])("calls that %s", (_, work) => {
  test("five times more than there is time for: no time is lost, most are refused at once, the others are in time", async () => {
    const queue = newQueue();
    const { begun, refused, turnedAway, timesMs } = await load(queue, work, {
      callsPerMs: 5 / CALL_MS,
      forMs: 5_000,
    });
    // What is left after 20 000 refusals of 5 us.
    expect(begun).toBeGreaterThan(4_700);
    expect(refused).toBeLessThan(begun / 5);
    expect(queue.refusedCount).toBe(refused + turnedAway);
    const sorted = timesMs.toSorted((a, b) => a - b);
    expect(sorted[Math.floor(begun * 0.5)]).toBeLessThan(MAX_WAIT_MS / 2);
    expect(sorted[Math.floor(begun * 0.99)]).toBeLessThan(MAX_WAIT_MS * 1.5);
    // When it is over, nothing is left of it.
    expect([queue.length, queue.admits()]).toEqual([0, true]);
    const after = await load(queue, () => loop.work(0.1), { callsPerMs: 1, forMs: 100 });
    expect(after).toMatchObject({ begun: 100, refused: 0, turnedAway: 0 });
  });

  test("four fifths of what there is time for: none is refused", async () => {
    const queue = newQueue();
    const tally = await load(queue, work, { callsPerMs: 0.8 / CALL_MS, forMs: 5_000 });
    expect(tally).toMatchObject({ begun: 4_000, refused: 0, turnedAway: 0 });
    expect(Math.max(...tally.timesMs)).toBeLessThan(MAX_WAIT_MS / 4);
  });

  test("a burst that is done within the longest wait, after a quiet time: none is refused", async () => {
    const queue = newQueue();
    await load(queue, work, { callsPerMs: 0.1, forMs: 500 });
    const burst = await load(queue, work, { callsPerMs: 150, forMs: 1 });
    expect(burst).toMatchObject({ begun: 150, refused: 0, turnedAway: 0 });
  });
});

describe("calls that wait for a store, five times more than there is time for", () => {
  const OVERLOAD = { callsPerMs: 5 / CALL_MS, forMs: 5_000 };
  const STUCK_MS = 3_000;

  function askOf(store: SimulatedStore) {
    return async () => {
      loop.work(CALL_MS * 0.4);
      await store.call();
      loop.work(CALL_MS * 0.6);
    };
  }

  function getStuck(): Promise<void> {
    return new Promise((resolve) => loop.later(resolve, STUCK_MS));
  }

  test("those that a store has left lying for a moment do not become a queue before it that stays", async () => {
    const fromMs = loop.nowMs() + 1_000;
    const still = { fromMs, toMs: fromMs + 200 };
    const store = new SimulatedStore(loop, { callMs: CALL_MS * 0.95, still });
    const ask = askOf(store);
    let mostOpen = 0;
    let mostOpenLater = 0;
    const work = () => {
      mostOpen = Math.max(mostOpen, store.openCount);
      if (loop.nowMs() > still.toMs + 2_000)
        mostOpenLater = Math.max(mostOpenLater, store.openCount);
      return ask();
    };
    const { begun } = await load(newQueue(), work, OVERLOAD);
    expect(begun).toBeGreaterThan(4_500);
    expect(mostOpen).toBeGreaterThan(200);
    expect(mostOpenLater).toBeLessThan(20);
  });

  test("a store that is close: the loop waits for none of them", async () => {
    const idleMs = loop.idleMs();
    await load(newQueue(), askOf(new SimulatedStore(loop, { callMs: 0.1 })), OVERLOAD);
    expect(loop.idleMs() - idleMs).toBeLessThan(20);
  });

  test("a store that is far away has as many as it takes", async () => {
    const work = askOf(new SimulatedStore(loop, { callMs: 0.1, wayMs: 100 }));
    const { begun, timesMs } = await load(newQueue(), work, OVERLOAD);
    expect(begun).toBeGreaterThan(4_500);
    expect(timesMs.toSorted((a, b) => a - b)[Math.floor(begun * 0.99)]).toBeLessThan(400);
  });

  test("half of them are stuck: as many of the others are answered as there is time for", async () => {
    const store = new SimulatedStore(loop, { callMs: 0.1 });
    const ask = askOf(store);
    let count = 0;
    let answeredCount = 0;
    const work = async () => {
      count += 1;
      if (count % 2 === 0) return getStuck();
      await ask();
      answeredCount += 1;
    };
    await load(newQueue(), work, OVERLOAD);
    expect(answeredCount).toBeGreaterThan(4_500);
  });

  test("those that are held back by others that are stuck begin soon, though nothing else happens", async () => {
    const ask = askOf(new SimulatedStore(loop, { callMs: 0.1 }));
    const forMs = 2_000;
    const endMs = loop.nowMs() + forMs;
    const begunAfterMs: number[] = [];
    const work = () => {
      const afterMs = loop.nowMs() - endMs;
      if (afterMs < 0) return ask();
      begunAfterMs.push(afterMs);
      return getStuck();
    };
    await load(newQueue(), work, { ...OVERLOAD, forMs });
    expect(begunAfterMs.length).toBeGreaterThan(20);
    expect(Math.max(...begunAfterMs)).toBeLessThan(50);
  });

  test("those that are held back begin soon, though the loop had no core for seconds and few calls are remembered", async () => {
    const queue = newQueue(60_000);
    let begunCount = 0;
    let endMs = 0;
    const answers = Array.from({ length: 100 }, () =>
      queue.run(newCall(), () => {
        begunCount += 1;
        loop.work(begunCount === 30 ? 3_000 : CALL_MS);
        endMs = loop.nowMs();
        return new Promise<void>((resolve) => loop.later(resolve, 30_000));
      }),
    );
    const startMs = loop.nowMs();
    await settle(answers);
    expect(begunCount).toBe(100);
    expect(endMs - startMs).toBeLessThan(3_000 + 100 * CALL_MS + 50);
  });
});
