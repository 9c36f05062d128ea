import { expect, test } from "vitest";
import { z } from "zod";
import { MAX_PENDING_REQUESTS, MessagePeer } from "../../src/workers/message-peer.ts";

const TEXT = z.string();
const ANY = z.unknown();

/** Two ends that hand each other's messages over as they are. */
function pair() {
  const faults: unknown[] = [];
  const left: MessagePeer = new MessagePeer(
    (message) => right.receive(message),
    (fault) => faults.push(fault),
  );
  const right: MessagePeer = new MessagePeer(
    (message) => left.receive(message),
    (fault) => faults.push(fault),
  );
  return { left, right, faults };
}

test("a request gets what its handler answers, at once or later", async () => {
  const { left, right } = pair();
  right.onRequest("now", TEXT, (text) => `${text}!`);
  right.onRequest("later", TEXT, async (text) => `${text}?`);
  const options = { reply: TEXT, timeoutMs: 1_000 };
  expect(await left.request("now", "a", options)).toBe("a!");
  expect(await left.request("later", "b", options)).toBe("b?");
});

test("notices reach their handler", () => {
  const { left, right } = pair();
  const seen: string[] = [];
  right.onNotice("news", TEXT, (text) => void seen.push(text));
  left.notify("news", "a");
  left.notify("nobody", "b");
  expect(seen).toEqual(["a"]);
});

test("a handler that fails, or is not there, or gets nonsense, refuses the request", async () => {
  const { left, right, faults } = pair();
  right.onRequest("broken", ANY, () => {
    throw new Error("it broke");
  });
  right.onRequest("late", ANY, () => Promise.reject(new Error("it broke later")));
  right.onRequest("text", TEXT, (text) => text);
  const options = { reply: ANY, timeoutMs: 1_000 };
  await expect(left.request("broken", 1, options)).rejects.toThrow("it broke");
  await expect(left.request("late", 1, options)).rejects.toThrow("it broke later");
  await expect(left.request("missing", 1, options)).rejects.toThrow("'missing'");
  await expect(left.request("text", 1, options)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(faults).toHaveLength(4);
});

test("an answer that makes no sense is an error", async () => {
  const { left, right } = pair();
  right.onRequest("text", ANY, () => 5);
  const asked = left.request("text", null, { reply: TEXT, timeoutMs: 1_000 });
  await expect(asked).rejects.toThrow("the reply to 'text' makes no sense");
});

test("messages that make no sense are told of and change nothing", () => {
  const { left, faults } = pair();
  for (const message of [
    undefined,
    null,
    5,
    "x",
    {},
    { kind: "reply" },
    { kind: "other", id: 1 },
  ]) {
    left.receive(message);
  }
  left.receive({ kind: "reply", id: 99, body: null });
  expect(faults).toHaveLength(7);
});

test("a reply that does not come in time ends the wait, and is ignored afterwards", async () => {
  const { left, right } = pair();
  let answer: (text: string) => void = () => undefined;
  right.onRequest(
    "slow",
    ANY,
    () =>
      new Promise<string>((resolve) => {
        answer = resolve;
      }),
  );
  const asked = left.request("slow", null, { reply: TEXT, timeoutMs: 1 });
  await expect(asked).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  answer("too late");
});

test("the end of the channel ends every wait, and every request after it", async () => {
  const peer = new MessagePeer(
    () => undefined,
    () => undefined,
  );
  const options = { reply: ANY, timeoutMs: 60_000 };
  const asked = peer.request("x", null, options);
  peer.close("it is gone");
  await expect(asked).rejects.toThrow("it is gone");
  await expect(peer.request("x", null, options)).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test("a message that cannot be sent ends the wait", async () => {
  const options = { reply: ANY, timeoutMs: 60_000 };
  const thrown = new MessagePeer(
    () => {
      throw new Error("channel closed");
    },
    () => undefined,
  );
  const told = new MessagePeer(
    (_message, _socket, onFailure) => onFailure(new Error("channel closed")),
    () => undefined,
  );
  await expect(thrown.request("x", null, options)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await expect(told.request("x", null, options)).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test("requests that wait are bounded", async () => {
  const peer = new MessagePeer(
    () => undefined,
    () => undefined,
  );
  const options = { reply: ANY, timeoutMs: 60_000 };
  const waiting = Array.from({ length: MAX_PENDING_REQUESTS }, () =>
    peer.request("x", null, options),
  );
  await expect(peer.request("x", null, options)).rejects.toMatchObject({
    code: "RESOURCE_EXHAUSTED",
  });
  peer.close("done");
  const ends = await Promise.allSettled(waiting);
  expect(ends.every(({ status }) => status === "rejected")).toBe(true);
});
