import { beforeEach, expect, test } from "vitest";
import { Dispatcher } from "../../src/redis/dispatcher.ts";
import { resolveSettings } from "../../src/redis/options.ts";
import type { RedisCommand } from "../../src/redis/redis-command.ts";
import type { RawReply, RedisLink } from "../../src/redis/redis-link.ts";

/** A server that answers when it is told to, in order. */
class SlowLink implements RedisLink {
  readonly #waiting: (() => void)[] = [];
  sentCount = 0;

  status(): string {
    return "ready";
  }

  groupKeys(): number[][] {
    return [];
  }

  send(commands: readonly RedisCommand[], replies: RawReply[]): Promise<void> {
    this.sentCount += 1;
    return new Promise((resolve) => {
      this.#waiting.push(() => {
        replies.splice(0, commands.length, ...commands.map(() => "reply"));
        resolve();
      });
    });
  }

  answer(count: number): void {
    for (const reply of this.#waiting.splice(0, count)) reply();
  }
}

const COMMAND: RedisCommand = { command: "get", keys: ["k"], args: [] };
const OWN_TIMEOUT_MS = 10_000;

let link: SlowLink;
let dispatcher: Dispatcher;

beforeEach(() => {
  link = new SlowLink();
  dispatcher = new Dispatcher("redis 1", resolveSettings({}));
});

function ask(signal?: AbortSignal): Promise<RawReply[]> {
  return dispatcher.run(link, [COMMAND], { signal }, OWN_TIMEOUT_MS);
}

async function turn(): Promise<void> {
  await new Promise((done) => setImmediate(done));
}

/** Asks and gives up at once. */
async function giveUp(count: number): Promise<RawReply[]> {
  const callers = new AbortController();
  const asked = Array.from({ length: count }, () => ask(callers.signal));
  await turn();
  callers.abort();
  return (await Promise.all(asked)).flat();
}

test("a server that does not keep up gets no more while it works for callers that are gone", async () => {
  await giveUp(16);
  expect(link.sentCount).toBe(16);
  for (const reply of await giveUp(500)) expect(reply).toMatchObject({ code: "CANCELLED" });
  expect(link.sentCount).toBe(16);
  const answered = [ask(), ask()];
  await turn();
  expect(link.sentCount).toBe(16);
  link.answer(1);
  await turn();
  expect(link.sentCount).toBe(18);
  link.answer(20);
  expect(await Promise.all(answered)).toEqual([["reply"], ["reply"]]);
});

test("what waits to be sent ends with its deadline", async () => {
  await giveUp(16);
  const call = { deadlineMs: Date.now() + 5 };
  const [reply] = await dispatcher.run(link, [COMMAND], call, OWN_TIMEOUT_MS);
  expect(reply).toMatchObject({ code: "DEADLINE_EXCEEDED" });
  expect(link.sentCount).toBe(16);
});

test("callers that are gone one after the other do not add up", async () => {
  for (let round = 0; round < 100; round++) {
    await giveUp(10);
    link.answer(10);
    await turn();
  }
  expect(link.sentCount).toBe(1_000);
});
