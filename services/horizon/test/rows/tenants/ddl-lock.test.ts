import { expect, test } from "vitest";
import { QueuedDdlLock } from "../../../src/rows/tenants/ddl-lock.ts";

interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

function gate(): Gate {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

test("one change after the other for each tenant, and tenants beside each other", async () => {
  const lock = new QueuedDdlLock();
  const first = gate();
  const order: string[] = [];
  const slow = lock.hold("one", async () => {
    order.push("slow begins");
    await first.opened;
    order.push("slow ends");
  });
  const next = lock.hold("one", async () => void order.push("next"));
  await lock.hold("two", async () => void order.push("other tenant"));
  first.open();
  await Promise.all([slow, next]);
  expect(order).toEqual(["slow begins", "other tenant", "slow ends", "next"]);
});

test("a failure is told to who failed only", async () => {
  const lock = new QueuedDdlLock();
  const failing = lock.hold("one", async () => {
    throw new Error("broken");
  });
  const next = lock.hold("one", async () => "fine");
  await expect(failing).rejects.toThrow("broken");
  expect(await next).toBe("fine");
});

test("the shared lock is asked for each change", async () => {
  const asked: string[] = [];
  const lock = new QueuedDdlLock({
    hold(tenant, work) {
      asked.push(tenant);
      return work();
    },
  });
  await Promise.all([lock.hold("one", async () => 1), lock.hold("one", async () => 2)]);
  expect(asked).toEqual(["one", "one"]);
});

test("too many that wait are refused", async () => {
  const lock = new QueuedDdlLock();
  const first = gate();
  const waiting = Array.from({ length: 1_000 }, () => lock.hold("one", () => first.opened));
  await expect(lock.hold("one", async () => undefined)).rejects.toMatchObject({
    code: "UNAVAILABLE",
  });
  first.open();
  await Promise.all(waiting);
});
