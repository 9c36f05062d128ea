import { createLogger, FeatureStoreError } from "@ofs/platform";
import { expect, test } from "vitest";
import { BusHub } from "../../src/workers/bus-hub.ts";

const log = createLogger({ service: "t", level: "DISABLED" });

function targetOf(deliver: () => Promise<void>) {
  const messages: object[] = [];
  return {
    slot: 0,
    isResponsive: true,
    messages,
    deliver(message: object): Promise<void> {
      messages.push(message);
      return deliver();
    },
  };
}

test("everyone gets the message, and is waited for", async () => {
  let release: () => void = () => undefined;
  const fast = targetOf(() => Promise.resolve());
  const slow = targetOf(() => new Promise((resolve) => (release = resolve)));
  let lateCount: number | undefined;
  const published = new BusHub(log).publish([fast, slow], { topic: "t" }).then((count) => {
    lateCount = count;
  });
  await new Promise((turn) => setImmediate(turn));
  expect(lateCount).toBeUndefined();
  release();
  await published;
  expect([lateCount, fast.messages, slow.messages]).toEqual([
    0,
    [{ topic: "t" }],
    [{ topic: "t" }],
  ]);
});

test("one that was late is sent messages, but not waited for until it is heard of again", async () => {
  const hub = new BusHub(log);
  const late = targetOf(() => Promise.reject(new FeatureStoreError("DEADLINE_EXCEEDED", "late")));
  expect(await hub.publish([late], {})).toBe(1);
  expect(late.isResponsive).toBe(false);
  const hanging = targetOf(() => new Promise(() => undefined));
  hanging.isResponsive = false;
  expect(await hub.publish([hanging], {})).toBe(1);
  expect(hanging.messages).toHaveLength(1);
});
