import { expect, test } from "vitest";
import type { InvalidationMessage } from "../../src/invalidation/message.ts";
import { SenderLog } from "../../src/invalidation/sender-log.ts";

const keys = (sender: string, sequence: number): InvalidationMessage => {
  return { kind: "keys", sender, sequence, keys: ["k"] };
};
const beat = (sender: string, sequence: number): InvalidationMessage => {
  return { kind: "heartbeat", sender, sequence, beat: 1 };
};

test("messages in order are complete, for each sender by itself", () => {
  const log = new SenderLog();
  const heard = [
    keys("a", 1),
    keys("b", 1),
    keys("a", 2),
    beat("a", 2),
    beat("b", 1),
    keys("a", 3),
  ];
  expect(heard.map((message) => log.note(message))).toEqual(heard.map(() => "complete"));
});

test("a message that never came is missed, once", () => {
  const log = new SenderLog();
  log.note(keys("a", 1));
  expect([3, 4, 4, 2].map((n) => log.note(keys("a", n)))).toEqual([
    "missed",
    "complete",
    "complete",
    "complete",
  ]);
});

test("a heartbeat shows the loss of the last message", () => {
  const log = new SenderLog();
  log.note(keys("a", 1));
  expect([log.note(beat("a", 2)), log.note(beat("a", 2)), log.note(keys("a", 3))]).toEqual([
    "missed",
    "complete",
    "complete",
  ]);
});

test("of a sender that has sent before, and is heard for the first time, nobody knows", () => {
  const log = new SenderLog();
  expect([log.note(keys("a", 2)), log.note(beat("b", 1))]).toEqual(["unknown", "unknown"]);
  expect([log.note(keys("c", 1)), log.note(beat("d", 0))]).toEqual(["complete", "complete"]);
});

test("who is silent for long is forgotten, and unknown when it comes back", () => {
  const log = new SenderLog();
  log.note(keys("silent", 1));
  for (let i = 0; i < 60; i++) {
    log.tick();
    log.note(beat("alive", 0));
  }
  expect(log.size).toBe(1);
  expect(log.note(keys("silent", 2))).toBe("unknown");
  expect(log.note(keys("alive", 1))).toBe("complete");
});

test("the number of senders is bounded", () => {
  const log = new SenderLog();
  for (let i = 0; i < 10_050; i++) log.note(beat(`s${i}`, 0));
  expect(log.size).toBe(10_000);
});
