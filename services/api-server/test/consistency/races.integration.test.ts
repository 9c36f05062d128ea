import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { seededRandom, type TcpFault, waitUntil } from "@ofs/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  BRIEF_TTL_SECONDS,
  CACHE_USES,
  ConsistencyFleet,
  type Member,
  type StoreKind,
  type Use,
} from "./consistency-fleet.ts";
import { recordHistory } from "./history.ts";

const STORES: readonly StoreKind[] = ["scylla", "redis_standalone"];
const OLD = 1;
const NEW = 2;

/** What other processes' caches in memory may take to hear of a write. */
const CHANNEL_BOUND_MS = 1000;

/** After the channel has healed: the longest pause between attempts to connect, silence noticed, and some more. */
const HEAL_BOUND_MS = 20_000;

const RACES_PER_USE = 8;
const USES = ["none", "process", "distributed", "both"] as const;
const LATE: TcpFault = { kind: "delay", ms: 120, jitterMs: 60 };

/** Where the second process is slow. */
const SLOW_PLACES = {
  "the store's answers": (slow: Member) => slow.store.inject(LATE, "toClient"),
  "the way to the store": (slow: Member) => slow.store.inject(LATE, "toTarget"),
  "the cache's answers": (slow: Member) => slow.cache.inject(LATE, "toClient"),
  "the way to the cache": (slow: Member) => slow.cache.inject(LATE, "toTarget"),
};

/** Stores and caches keep what earlier runs wrote. */
const freshKey = () => randomUUID();

describe.each(STORES)("three processes on %s", (store) => {
  let fleet: ConsistencyFleet;
  let writer: Member;
  let slow: Member;
  let third: Member;

  beforeAll(async () => {
    fleet = await ConsistencyFleet.start(store, 3);
    [writer, slow, third] = fleet.members as [Member, Member, Member];
  }, 180_000);

  afterEach(() => fleet?.heal());
  afterAll(() => fleet?.close());

  /** Asks until it says the new value. The bound is the promise. */
  async function expectNew(member: Member, use: Use, key: string): Promise<void> {
    if (!CACHE_USES[use].process || member === writer) {
      expect(await member.read(use, key)).toBe(NEW);
      return;
    }
    await waitUntil(async () => (await member.read(use, key)) === NEW, {
      what: `the new value of ${key}`,
      timeoutMs: CHANNEL_BOUND_MS,
    });
  }

  /** A read that begins `leadMs` before a write elsewhere, and is slow. */
  async function race(use: Use, leadMs: number, isWarm: boolean): Promise<void> {
    const key = freshKey();
    await writer.write(use, key, OLD);
    if (isWarm) await third.read(use, key);
    const reading = slow.read(use, key);
    await delay(leadMs);
    await writer.write(use, key, NEW);
    await Promise.all(fleet.members.map((member) => expectNew(member, use, key)));
    await reading;
    // Its fills follow its answer, and are late, too.
    await delay(400);
    for (const member of fleet.members) expect(await member.read(use, key)).toBe(NEW);
  }

  test.each(Object.keys(SLOW_PLACES) as (keyof typeof SLOW_PLACES)[])(
    "%s late: a slow reader brings nothing old back, with any caches",
    async (place) => {
      await SLOW_PLACES[place](slow);
      const random = seededRandom(place.length);
      const races = USES.flatMap((use) =>
        Array.from({ length: RACES_PER_USE }, (_, i) =>
          race(use, Math.floor(random.next() * 250), i % 2 === 0),
        ),
      );
      await Promise.all(races);
    },
    60_000,
  );

  test("random histories: no reader sees less than was acknowledged, with any caches", async () => {
    await slow.store.inject({ kind: "delay", ms: 5, jitterMs: 60 }, "toClient");
    await slow.cache.inject({ kind: "delay", ms: 5, jitterMs: 60 }, "toClient");
    const { members } = fleet;
    const faults = await Promise.all(
      USES.flatMap((use) => {
        const boundMs = CACHE_USES[use].process ? CHANNEL_BOUND_MS : 0;
        return [1, 2].map((seed) => {
          const random = seededRandom(seed);
          return recordHistory({ members, use, key: freshKey(), writeCount: 25, boundMs, random });
        });
      }),
    );
    expect(faults.flat()).toEqual([]);
  }, 90_000);

  test("a tombstone that Redis does not take: new in the writer's process, and everywhere after healing", async () => {
    const key = freshKey();
    await writer.write("distributed", key, OLD);
    // As if the first write's tombstone had passed: then a read fills the record.
    await ConsistencyFleet.forget("distributed", key);
    expect(await third.read("distributed", key)).toBe(OLD);
    await waitUntil(() => isCached(third, key), { what: "the record of the old value" });
    await writer.cache.inject({ kind: "stall" });
    await writer.write("distributed", key, NEW);
    expect(await writer.read("distributed", key)).toBe(NEW);
    await writer.heal();
    expect(await writer.read("distributed", key)).toBe(NEW);
    await waitUntil(async () => (await third.read("distributed", key)) === NEW, {
      what: "the late tombstone",
      timeoutMs: HEAL_BOUND_MS,
    });
  }, 60_000);

  /** Whether the value comes from the cache: the store is out of reach. */
  async function isCached(member: Member, key: string): Promise<boolean> {
    await member.store.inject({ kind: "stall" });
    const answer = await Promise.race([member.read("distributed", key), delay(500, undefined)]);
    await member.store.heal();
    return answer === OLD;
  }

  describe.each([{ kind: "refuse" }, { kind: "halfOpen" }] as const)(
    "the channel: $kind",
    (cut) => {
      test("caches in memory are old for their TTL at most, and new at once after healing", async () => {
        const keys = { brief: freshKey(), process: freshKey() };
        for (const use of ["brief", "process"] as const) {
          await writer.write(use, keys[use], OLD);
          expect(await slow.read(use, keys[use])).toBe(OLD);
        }
        await slow.channel.inject(cut);
        await waitUntil(
          async () => ((await slow.channelState()) as { status: string }).status === "warning",
          {
            what: "the warning in /ready",
          },
        );
        expect(await slow.channelState()).toEqual({
          status: "warning",
          detail: { channel: "down" },
        });
        for (const use of ["brief", "process"] as const) await writer.write(use, keys[use], NEW);
        await expectNew(third, "process", keys.process);
        await waitUntil(async () => (await slow.read("brief", keys.brief)) === NEW, {
          what: "the end of the entry's TTL",
          timeoutMs: BRIEF_TTL_SECONDS * 1000 + CHANNEL_BOUND_MS,
        });
        // The other one may be old for longer than this test; nothing of it is when the channel is back.
        await slow.heal();
        await waitUntil(async () => (await slow.read("process", keys.process)) === NEW, {
          what: "the channel to be back",
          timeoutMs: HEAL_BOUND_MS,
        });
        await waitUntil(
          async () => ((await slow.channelState()) as { status: string }).status === "ok",
          {
            what: "the channel's state to be ok",
          },
        );
      }, 60_000);
    },
  );
});
