import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { LateConnection } from "../src/late-connection.ts";

const FOREVER = { deadlineMs: Number.POSITIVE_INFINITY };

class FakeStore {
  isClosed = false;
  ping = () => Promise.resolve();
  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

/** A connection that is made when it is let go. */
function openGated() {
  const attempts: Attempt[] = [];
  const late = new LateConnection("tenant a", () => {
    return new Promise<FakeStore>((resolve, reject) => attempts.push({ resolve, reject }));
  });
  return { attempts, late };
}

interface Attempt {
  readonly resolve: (store: FakeStore) => void;
  readonly reject: (error: Error) => void;
}

test("says why there is no store yet", async () => {
  const { attempts, late } = openGated();
  expect(late.fault()).toMatchObject({
    code: "UNAVAILABLE",
    message: "tenant a: it has not been connected yet",
  });
  const pinged = late.ping();
  expect(late.fault().message).toBe("tenant a: it is being connected");
  const cause = new Error("no route");
  attempts[0]?.reject(cause);
  await expect(pinged).rejects.toMatchObject({ message: "tenant a: no route", cause });
  await late.close();
  expect(late.fault().message).toBe("tenant a: no route");
  const { late: closed } = openGated();
  await closed.close();
  expect(await closed.storeWithin(FOREVER)).toMatchObject({ message: "tenant a: it is closed" });
});

test("those who wait share the first attempt; nobody waits for those after a failure", async () => {
  const { attempts, late } = openGated();
  const waiting = [late.storeWithin(FOREVER), late.storeWithin(FOREVER)];
  attempts[0]?.reject(new Error("no route"));
  const unavailable = { code: "UNAVAILABLE", message: "tenant a: no route" };
  expect(await Promise.all(waiting)).toMatchObject([unavailable, unavailable]);
  const pinged = late.ping();
  expect(await late.storeWithin(FOREVER)).toMatchObject(unavailable);
  const store = new FakeStore();
  attempts[1]?.resolve(store);
  await pinged;
  expect(late.store).toBe(store);
  expect(await late.storeWithin(FOREVER)).toBe(store);
  expect(attempts).toHaveLength(2);
});

test("who has left, or is late, does not wait", async () => {
  const { attempts, late } = openGated();
  const unavailable = { code: "UNAVAILABLE", message: "tenant a: it is being connected" };
  const { signal } = new AbortController();
  expect(await late.storeWithin({ deadlineMs: Date.now() - 1, signal })).toMatchObject(unavailable);
  const gone = { ...FOREVER, signal: AbortSignal.abort() };
  expect(await late.storeWithin(gone)).toMatchObject(unavailable);
  attempts[0]?.resolve(new FakeStore());
  await turn();
  expect(late.store).toBeDefined();
  expect(attempts).toHaveLength(1);
});

test("what is connected after the end is closed", async () => {
  const { attempts, late } = openGated();
  const pinged = late.ping();
  await late.close();
  const store = new FakeStore();
  attempts[0]?.resolve(store);
  await pinged;
  expect(store.isClosed).toBe(true);
  expect(late.store).toBeUndefined();
});
