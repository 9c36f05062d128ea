import { setTimeout as pause } from "node:timers/promises";
import { EtcdLocks } from "@ofs/registry";
import { serverAddress, waitUntil } from "@ofs/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Cleanup, testRoot } from "../support/etcd.ts";
import { createTestLog } from "../support/log.ts";

const TTL_SECONDS = 2;
const TIMEOUT_MS = 60_000;

let cleanup: Cleanup;
let root: string;

beforeEach(() => {
  cleanup = new Cleanup();
  root = testRoot();
});

afterEach(() => cleanup.run());

function open(owner: string, waitTimeoutMs = TIMEOUT_MS): EtcdLocks {
  const locks = new EtcdLocks({
    etcd: { endpoints: serverAddress("etcd").text, root },
    ttlSeconds: TTL_SECONDS,
    waitTimeoutMs,
    owner,
    log: createTestLog().log,
  });
  return cleanup.add(locks, (opened) => opened.close());
}

test(
  "only one works at a time, longer than the lease lives, too",
  async () => {
    let working = 0;
    let most = 0;
    const work = async (ms: number): Promise<void> => {
      working += 1;
      most = Math.max(most, working);
      await pause(ms);
      working -= 1;
    };
    const [one, two] = [open("one"), open("two")];
    await Promise.all([
      one.hold("a", () => work(TTL_SECONDS * 1500)),
      two.hold("a", () => work(10)),
      two.hold("a", () => work(10)),
    ]);
    expect(most).toBe(1);
  },
  TIMEOUT_MS,
);

test(
  "locks of other names do not wait, and a failure gives the lock back",
  async () => {
    const locks = open("one");
    await locks.hold("a", () => locks.hold("b", async () => undefined));
    await expect(
      locks.hold("a", async () => {
        throw new Error("broken");
      }),
    ).rejects.toThrow("broken");
    expect(await open("two").hold("a", async () => "held")).toBe("held");
  },
  TIMEOUT_MS,
);

test(
  "it shows its owner, and is not there after",
  async () => {
    const client = cleanup.client(serverAddress("etcd").text);
    const read = (): Promise<string | null> => client.get(`${root}/a`).string();
    await open("me").hold("a", async () => expect(await read()).toBe("me"));
    await waitUntil(async () => (await read()) === null, { what: "the lock to be given back" });
  },
  TIMEOUT_MS,
);

test(
  "who waits for too long is told who is in the way",
  async () => {
    const held = open("one").hold("a", async () => {
      await expect(open("two", 100).hold("a", async () => undefined)).rejects.toMatchObject({
        code: "UNAVAILABLE",
        message: expect.stringContaining(`${root}/a`),
      });
    });
    await held;
  },
  TIMEOUT_MS,
);
