import { seededRandom, waitUntil } from "@ofs/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Canary } from "../support/canary.ts";
import type { ProofServerState } from "../support/proof-server.ts";
import { ProofTarget } from "../support/proof-target.ts";
import { attack } from "./attacker.ts";
import { KILLERS, killerSession } from "./killers.ts";
import { mutated, randomSession, type Session } from "./random-session.ts";

/** Frames that are sent in all: `OFS_PROPERTY_RUNS` sets it, for as long a run as is wanted. Fewer say nothing of memory. */
const FRAME_COUNT = Math.max(5_000, Number(process.env["OFS_PROPERTY_RUNS"] ?? 30_000));
/** Sessions are drawn from it: a failure names it, and the sessions that were under way. */
const SEED = Number(process.env["OFS_FUZZ_SEED"] ?? 7);
const LANES = 10;
const KILLER_SHARE = 0.02;
const MUTATED_SHARE = 0.3;
const TIMEOUT_MS = 120_000 + FRAME_COUNT * 5;

const MEBIBYTE = 1_024 * 1_024;
/** Of live memory, from after the first tenth to the end. */
const MAX_GROWTH_BYTES = 24 * MEBIBYTE;
/** Of the process at any time, garbage and all. */
const MAX_RSS_BYTES = 900 * MEBIBYTE;
/** Attackers are gone when it is measured: their connections must be, too. */
const LETS_GO_WITHIN_MS = 45_000;

let target: ProofTarget;
let canary: Canary;

beforeEach(async () => {
  target = await ProofTarget.start("front");
  canary = Canary.start(target.port);
});

afterEach(async () => {
  await target.close();
});

function liveBytes({ heapBytes, externalBytes }: ProofServerState): number {
  return heapBytes + externalBytes;
}

/** Draws the session of a number: the same number, the same session. */
function sessionOf(number: number): Session {
  const random = seededRandom(SEED * 1_000_003 + number);
  if (random.next() < KILLER_SHARE) {
    return killerSession(random.pick(Object.keys(KILLERS)), random);
  }
  const session = randomSession(random);
  return random.next() < MUTATED_SHARE ? mutated(session, random) : session;
}

/** What must hold whenever no attacker is left. */
async function expectUnharmed(): Promise<void> {
  target.assertAlive();
  await waitUntil(async () => (await target.state()).connections === 0, {
    what: "every connection to be forgotten",
    timeoutMs: LETS_GO_WITHIN_MS,
  });
  const { aborts, front } = await target.state();
  expect(aborts.hanging).toBe(0);
  expect(front).toMatchObject({ connectionCount: 0, openStreamCount: 0, heldBytes: 0 });
  expect(front?.faults["internal"] ?? 0).toBe(0);
}

describe("frames at random", () => {
  test(`${FRAME_COUNT} frames from seed ${SEED}`, { timeout: TIMEOUT_MS }, async () => {
    const underWay = new Map<number, string>();
    let next = 0;
    let sentFrames = 0;
    let warm: ProofServerState | undefined;
    let highestRss = 0;
    const lane = async (): Promise<void> => {
      while (sentFrames < FRAME_COUNT) {
        const number = next++;
        const session = sessionOf(number);
        sentFrames += session.frames.length;
        underWay.set(number, session.kind);
        await attack(target.port, session, seededRandom(number));
        target.assertAlive();
        canary.assertWell();
        underWay.delete(number);
        if (number % 100 === 99) {
          const state = await target.state();
          highestRss = Math.max(highestRss, state.rssBytes);
          if (sentFrames >= FRAME_COUNT / 10) warm ??= state;
        }
      }
    };
    try {
      await Promise.all(Array.from({ length: LANES }, lane));
    } catch (error) {
      const sessions = [...underWay].map(([number, kind]) => `${number} (${kind})`).join(", ");
      throw new Error(`seed ${SEED}, one of the sessions ${sessions}`, { cause: error });
    }
    const report = await canary.stop();
    await expectUnharmed();
    const growth = liveBytes(await target.state()) - liveBytes(warm as ProofServerState);
    expect(growth).toBeLessThan(MAX_GROWTH_BYTES);
    expect(highestRss).toBeLessThan(MAX_RSS_BYTES);
    expect(report.callCount).toBeGreaterThan(10);
  });
});

describe("known killers", () => {
  test("each alone, and all at once", { timeout: TIMEOUT_MS }, async () => {
    for (const kind of Object.keys(KILLERS)) {
      await attack(target.port, killerSession(kind, seededRandom(1)), seededRandom(2));
      if (!target.process.isRunning) throw new Error(`${kind} killed it: ${target.process.output}`);
      canary.assertWell();
    }
    const all = Object.keys(KILLERS).map((kind, i) =>
      attack(target.port, killerSession(kind, seededRandom(i)), seededRandom(i)),
    );
    await Promise.all(all);
    const { slowestMs } = await canary.stop();
    expect(slowestMs).toBeLessThan(2_000);
    await expectUnharmed();
    expect((await target.state()).rssBytes).toBeLessThan(MAX_RSS_BYTES);
  });
});
