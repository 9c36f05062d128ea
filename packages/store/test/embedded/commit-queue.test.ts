import { FeatureStoreError } from "@ofs/platform";
import { expect, test } from "vitest";
import { CommitQueue, type Transact } from "../../src/embedded/commit-queue.ts";

const KIB = 1024;

/** A transaction that ends when the test says so. */
class ManualTransactions {
  readonly #ends: (() => void)[] = [];
  readonly #waiting: (() => void)[] = [];
  startedCount = 0;

  readonly transact: Transact = async (runActions) => {
    this.startedCount++;
    runActions();
    for (const wake of this.#waiting.splice(0)) wake();
    await new Promise<void>((resolve) => {
      this.#ends.push(resolve);
    });
  };

  /** Resolves once so many transactions have begun. */
  async started(count: number): Promise<void> {
    while (this.startedCount < count) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  endOne(): void {
    this.#ends.shift()?.();
  }
}

function createQueue(transact: Transact): CommitQueue {
  return new CommitQueue(
    transact,
    async (cause) => new FeatureStoreError("UNAVAILABLE", "commit failed", { cause }),
    "store x",
  );
}

const immediate: Transact = async (runActions) => runActions();

test("actions given in one turn share a transaction and keep their order", async () => {
  const transactions = new ManualTransactions();
  const queue = createQueue(transactions.transact);
  const order: number[] = [];
  const runs = [1, 2, 3].map((each) => queue.run(() => order.push(each) && each * 10, KIB));
  await transactions.started(1);
  transactions.endOne();
  expect(await Promise.all(runs)).toEqual([10, 20, 30]);
  expect(order).toEqual([1, 2, 3]);
  expect(transactions.startedCount).toBe(1);
});

test("actions that arrive during a commit share the next one", async () => {
  const transactions = new ManualTransactions();
  const queue = createQueue(transactions.transact);
  const first = queue.run(() => "first", KIB);
  await transactions.started(1);
  const later = ["a", "b", "c"].map((each) => queue.run(() => each, KIB));
  transactions.endOne();
  expect(await first).toBe("first");
  await transactions.started(2);
  transactions.endOne();
  expect(await Promise.all(later)).toEqual(["a", "b", "c"]);
  expect(transactions.startedCount).toBe(2);
});

test("a transaction takes a megabyte, or one larger action", async () => {
  const sizes: number[] = [];
  let running = 0;
  const queue = createQueue(async (runActions) => {
    running = 0;
    runActions();
    sizes.push(running);
  });
  const action = (): number => running++;
  await Promise.all([400, 400, 400, 3000, 100].map((sizeKib) => queue.run(action, sizeKib * KIB)));
  expect(sizes).toEqual([2, 1, 1, 1]);
});

test("an action that throws fails alone", async () => {
  const queue = createQueue(immediate);
  const outcomes = await Promise.allSettled([
    queue.run(() => "before", 1),
    queue.run(() => {
      throw new Error("mine");
    }, 1),
    queue.run(() => "after", 1),
  ]);
  expect(outcomes).toMatchObject([
    { value: "before" },
    { reason: { message: "mine" } },
    { value: "after" },
  ]);
});

test("a commit that fails fails all its actions, and the next commit goes on", async () => {
  let isBroken = true;
  const queue = createQueue(async (runActions) => {
    runActions();
    if (isBroken) throw new Error("disk full");
  });
  const broken = await Promise.allSettled([queue.run(() => 1, 1), queue.run(() => 2, 1)]);
  expect(broken.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(broken[0]).toMatchObject({
    reason: { code: "UNAVAILABLE", cause: { message: "disk full" } },
  });
  isBroken = false;
  expect(await queue.run(() => 3, 1)).toBe(3);
});

test("more than the queue's limit is refused, and taken again once it has drained", async () => {
  const transactions = new ManualTransactions();
  const queue = createQueue(transactions.transact);
  const half = 64 * KIB * KIB;
  const first = queue.run(() => 1, KIB);
  await transactions.started(1);
  const waiting = [queue.run(() => 2, half), queue.run(() => 3, half)];
  await expect(queue.run(() => 4, KIB)).rejects.toMatchObject({
    code: "RESOURCE_EXHAUSTED",
    message: `store x: ${2 * half} bytes are waiting to be written, ${2 * half} at most`,
  });
  for (const count of [1, 2, 3]) {
    await transactions.started(count);
    transactions.endOne();
  }
  expect(await Promise.all([first, ...waiting])).toEqual([1, 2, 3]);
  const next = queue.run(() => 5, KIB);
  await transactions.started(4);
  transactions.endOne();
  expect(await next).toBe(5);
});

test("a single action past the limit is taken while nothing else waits", async () => {
  const queue = createQueue(immediate);
  expect(await queue.run(() => "large", 500 * KIB * KIB)).toBe("large");
});

test("idle resolves when the last action is settled", async () => {
  const transactions = new ManualTransactions();
  const queue = createQueue(transactions.transact);
  await queue.idle();
  let isSettled = false;
  const run = queue
    .run(() => 1, 1)
    .then(() => {
      isSettled = true;
    });
  const idle = queue.idle();
  await transactions.started(1);
  transactions.endOne();
  await idle;
  await run;
  expect(isSettled).toBe(true);
});
