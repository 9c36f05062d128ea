import type { UnaryCall } from "@ofs/platform";
import { expect, test } from "vitest";
import { CallQueue, OVERLOAD_TEXT } from "../../src/transport/call-queue.ts";

const MAX_WAIT_MS = 100;

function newCall(signal = new AbortController().signal): UnaryCall {
  return {
    method: "/test.Service/Work",
    header: () => undefined,
    deadlineMs: Number.POSITIVE_INFINITY,
    signal,
    request: new Uint8Array(),
  };
}

function workFor(ms: number): void {
  const startMs = performance.now();
  while (performance.now() - startMs < ms);
}

const nextTurn = () => new Promise<void>((turn) => setImmediate(turn));

interface Tally {
  begun: number;
  refused: number;
  turnedAway: number;
  /** From arrival to end, of those that were begun. */
  readonly waitsMs: number[];
}

/** Calls come at a fixed rate, whatever becomes of them, for so long. */
async function load(
  queue: CallQueue,
  work: () => unknown,
  { callsPerMs, forMs }: { readonly callsPerMs: number; readonly forMs: number },
): Promise<Tally> {
  const tally: Tally = { begun: 0, refused: 0, turnedAway: 0, waitsMs: [] };
  const open = new Set<Promise<unknown>>();
  const startMs = performance.now();
  let arrivedCount = 0;
  for (let ms = 0; ms < forMs; ms = performance.now() - startMs) {
    for (; arrivedCount < ms * callsPerMs; arrivedCount++) {
      if (!queue.admits()) {
        tally.turnedAway += 1;
        continue;
      }
      const arrivedMs = performance.now();
      const call = Promise.resolve(queue.run(newCall(), work)).then(
        () => {
          tally.begun += 1;
          tally.waitsMs.push(performance.now() - arrivedMs);
        },
        (error: Error) => {
          expect(error).toMatchObject({ code: "RESOURCE_EXHAUSTED", message: OVERLOAD_TEXT });
          tally.refused += 1;
        },
      );
      open.add(call);
      void call.then(() => open.delete(call));
    }
    await nextTurn();
  }
  await Promise.all(open);
  return tally;
}

test("a call that finds time is done at once, and its answer is no promise", () => {
  const queue = new CallQueue({ maxWaitMs: MAX_WAIT_MS });
  expect(queue.run(newCall(), () => "answer")).toBe("answer");
  expect(() =>
    queue.run(newCall(), () => {
      throw new Error("failed");
    }),
  ).toThrow("failed");
});

test("without a longest wait every call is done at once", () => {
  const queue = new CallQueue({ maxWaitMs: 0 });
  for (let index = 0; index < 50; index++) {
    expect(queue.admits()).toBe(true);
    const answer = queue.run(newCall(), () => {
      workFor(2);
      return index;
    });
    expect(answer).toBe(index);
  }
});

test("a burst is done in the order it came, in several turns of the loop", async () => {
  const queue = new CallQueue({ maxWaitMs: 10_000 });
  const done: number[] = [];
  const turnOf: number[] = [];
  let turn = 0;
  let isOver = false;
  const answers = Array.from({ length: 60 }, (_, index) => {
    expect(queue.admits()).toBe(true);
    return queue.run(newCall(), () => {
      workFor(2);
      done.push(index);
      turnOf.push(turn);
      return index;
    });
  });
  expect(done.length).toBeLessThan(60);
  expect(queue.length).toBe(60 - done.length);
  void Promise.all(answers).then(() => {
    isOver = true;
  });
  while (!isOver) {
    await nextTurn();
    turn += 1;
  }
  const inOrder = Array.from({ length: 60 }, (_, index) => index);
  expect(await Promise.all(answers)).toEqual(inOrder);
  expect(done).toEqual(inOrder);
  expect(new Set(turnOf).size).toBeGreaterThan(5);
  expect([queue.length, queue.refusedCount]).toEqual([0, 0]);
});

test("what a call does after its first await is part of its time", async () => {
  const queue = new CallQueue({ maxWaitMs: 10_000 });
  let turn = 0;
  const turnOf: number[] = [];
  const work = async () => {
    await Promise.resolve();
    workFor(2);
    turnOf.push(turn);
  };
  // The first takes all the time of the turn they come in.
  const answers = [queue.run(newCall(), () => workFor(20))];
  for (let index = 0; index < 40; index++) answers.push(queue.run(newCall(), work));
  let isOver = false;
  void Promise.all(answers).then(() => {
    isOver = true;
  });
  while (!isOver) {
    await nextTurn();
    turn += 1;
  }
  expect(new Set(turnOf).size).toBeGreaterThan(3);
});

test("a failure of a call that waited is its own", async () => {
  const queue = new CallQueue({ maxWaitMs: 10_000 });
  void queue.run(newCall(), () => workFor(20));
  const failing = queue.run(newCall(), () => {
    throw new Error("thrown");
  });
  const rejecting = queue.run(newCall(), () => Promise.reject(new Error("rejected")));
  const good = queue.run(newCall(), () => Promise.resolve("good"));
  await expect(failing).rejects.toThrow("thrown");
  await expect(rejecting).rejects.toThrow("rejected");
  expect(await good).toBe("good");
});

test("a call whose caller has gone is not begun", async () => {
  const queue = new CallQueue({ maxWaitMs: 10_000 });
  const controller = new AbortController();
  void queue.run(newCall(), () => workFor(20));
  let isBegun = false;
  const answer = queue.run(newCall(controller.signal), () => {
    isBegun = true;
  });
  controller.abort(new Error("the caller is gone"));
  await expect(answer).rejects.toThrow("the caller is gone");
  expect(isBegun).toBe(false);
  expect(queue.refusedCount).toBe(0);
});

test.each([
  ["work at once", () => workFor(1)],
  [
    "work after an await",
    async () => {
      await Promise.resolve();
      workFor(1);
    },
  ],
  [
    "work after something else has answered",
    async () => {
      await nextTurn();
      workFor(1);
    },
  ],
])(
  "more calls than there is time for, %s: some are refused at once, and the others are in time",
  async (_, work) => {
    const queue = new CallQueue({ maxWaitMs: MAX_WAIT_MS });
    const forMs = 2_000;
    const { begun, refused, turnedAway, waitsMs } = await load(queue, work, {
      callsPerMs: 5,
      forMs,
    });
    // Nearly all the time goes into calls: a call takes 1 ms, and what else there is gets a third at most.
    expect(begun).toBeGreaterThan(forMs / 1.5 / 2);
    expect(turnedAway).toBeGreaterThan(begun);
    expect(refused).toBeLessThan(begun);
    expect(queue.refusedCount).toBe(refused + turnedAway);
    const late = waitsMs.filter((ms) => ms > 3 * MAX_WAIT_MS);
    expect(late.length).toBeLessThan(begun / 10);
    // When it is over, nothing is left of it.
    expect(queue.length).toBe(0);
    expect(queue.admits()).toBe(true);
    expect(await load(queue, () => 1, { callsPerMs: 1, forMs: 50 })).toMatchObject({
      refused: 0,
      turnedAway: 0,
    });
  },
);
