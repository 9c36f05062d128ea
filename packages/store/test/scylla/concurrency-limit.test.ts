import { expect, test } from "vitest";
import { ConcurrencyLimit } from "../../src/scylla/concurrency-limit.ts";

/** Tasks that end when the test says so. */
class Tasks {
  readonly started: number[] = [];
  readonly #ends = new Map<number, (error?: Error) => void>();
  mostRunning = 0;

  start(limit: ConcurrencyLimit, id: number): Promise<number> {
    return limit.run(
      () =>
        new Promise((resolve, reject) => {
          this.started.push(id);
          this.#ends.set(id, (error) => (error === undefined ? resolve(id) : reject(error)));
          this.mostRunning = Math.max(this.mostRunning, this.#ends.size);
        }),
    );
  }

  end(id: number, error?: Error): void {
    this.#ends.get(id)?.(error);
    this.#ends.delete(id);
  }
}

test("so many run at once, the others start in order as places become free", async () => {
  const limit = new ConcurrencyLimit(2, 10, "store");
  const tasks = new Tasks();
  const runs = [0, 1, 2, 3].map((id) => tasks.start(limit, id));
  expect(tasks.started).toEqual([0, 1]);
  tasks.end(1);
  expect(await runs[1]).toBe(1);
  expect(tasks.started).toEqual([0, 1, 2]);
  tasks.end(0, new Error("failed"));
  await expect(runs[0]).rejects.toThrow("failed");
  expect(tasks.started).toEqual([0, 1, 2, 3]);
  tasks.end(2);
  tasks.end(3);
  expect(await Promise.all(runs.slice(2))).toEqual([2, 3]);
});

test("more than may wait are refused, and the next finds a place again", async () => {
  const limit = new ConcurrencyLimit(1, 2, "store x");
  const tasks = new Tasks();
  const runs = [0, 1, 2].map((id) => tasks.start(limit, id));
  await expect(tasks.start(limit, 3)).rejects.toMatchObject({
    code: "RESOURCE_EXHAUSTED",
    message: "store x: 1 statements are under way and 2 wait",
  });
  for (const [id, run] of runs.entries()) {
    tasks.end(id);
    expect(await run).toBe(id);
  }
  const next = tasks.start(limit, 4);
  tasks.end(4);
  expect(await next).toBe(4);
  expect(limit.waitingCount).toBe(0);
});

test("thousands of tasks keep to the limit, whatever fails among them", async () => {
  const limit = new ConcurrencyLimit(7, 5000, "store");
  let running = 0;
  let mostRunning = 0;
  const task = (id: number) => async (): Promise<number> => {
    running++;
    mostRunning = Math.max(mostRunning, running);
    await Promise.resolve();
    running--;
    if (id % 5 === 0) throw new Error("every fifth");
    return id;
  };
  const runs = Array.from({ length: 3000 }, (_, id) => limit.run(task(id)));
  const outcomes = await Promise.allSettled(runs);
  expect(mostRunning).toBe(7);
  expect(outcomes.filter(({ status }) => status === "rejected")).toHaveLength(600);
  expect(limit.waitingCount).toBe(0);
  expect(await limit.run(async () => "free")).toBe("free");
});

test("thousands whose caller is gone leave the line at once; the others keep their order", async () => {
  const limit = new ConcurrencyLimit(1, 3_000, "store x");
  const tasks = new Tasks();
  const first = tasks.start(limit, 0);
  const caller = new AbortController();
  const gone = Array.from({ length: 2_900 }, () =>
    limit.run(async () => tasks.started.push(-1), caller.signal),
  );
  const others = [1, 2].map((id) => tasks.start(limit, id));
  expect(limit.waitingCount).toBe(2_902);
  caller.abort();
  expect(limit.waitingCount).toBe(2);
  for (const run of gone) {
    await expect(run).rejects.toMatchObject({
      code: "CANCELLED",
      message: "store x: the request was cancelled",
    });
  }
  await expect(limit.run(async () => tasks.started.push(-1), caller.signal)).rejects.toMatchObject({
    code: "CANCELLED",
  });
  for (const id of [0, 1, 2]) {
    await Promise.resolve();
    tasks.end(id);
    await [first, ...others][id];
  }
  expect(tasks.started).toEqual([0, 1, 2]);
  expect(await limit.run(async () => "free")).toBe("free");
});

test("one that has started is not ended by its signal: its statement is under way", async () => {
  const limit = new ConcurrencyLimit(1, 1, "store x");
  const tasks = new Tasks();
  const first = tasks.start(limit, 0);
  const caller = new AbortController();
  const second = limit.run(async () => "done", caller.signal);
  tasks.end(0);
  await first;
  caller.abort();
  expect(await second).toBe("done");
});
