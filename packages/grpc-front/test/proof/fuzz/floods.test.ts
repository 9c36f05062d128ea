import { seededRandom } from "@ofs/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DEFAULT_WINDOW_BYTES, ERROR, frame, headersFrames, TYPE } from "../support/frames.ts";
import { type LocalFront, openLocalFront } from "../support/local-front.ts";
import { RawPeer } from "../support/raw-peer.ts";
import { FLOODS, killerSession } from "./killers.ts";
import { newWriter } from "./random-blocks.ts";
import { goodSession, mutated, randomSession } from "./random-session.ts";

/** `OFS_PROPERTY_RUNS` asks for more: a hundredth of it. */
const GOOD_SESSIONS = Math.max(150, Math.ceil(Number(process.env["OFS_PROPERTY_RUNS"] ?? 0) / 100));
/** A session has no more. */
const MAX_CALLS = 120;
/** Windows as they are at first, so that sessions may enlarge them. */
const SMALL = { windowBytes: DEFAULT_WINDOW_BYTES, givesBack: false };

let front: LocalFront;

beforeEach(async () => {
  front = await openLocalFront({ maxConcurrentStreams: 100 });
});

afterEach(async () => {
  await front.close();
});

describe("floods", () => {
  test.each(FLOODS)("%s ends with ENHANCE_YOUR_CALM", async (kind) => {
    const peer = new RawPeer(front.port, SMALL);
    // The peer has said its preface and settings.
    peer.send(...killerSession(kind, seededRandom(1)).frames.slice(2));
    await peer.whenClosed;
    expect(peer.goAwayCode).toBe(ERROR.enhanceYourCalm);
    expect(front.faults).toEqual(["flood"]);
    expect(front.counts.hanging).toBe(0);
  });
});

describe("bad clients", () => {
  test(`${GOOD_SESSIONS} sessions with bad frames get no answer twice, and no bad frames`, async () => {
    for (let seed = 1; seed <= GOOD_SESSIONS; seed++) {
      const random = seededRandom(seed);
      const drawn = randomSession(random);
      const { frames, kind } = seed % 2 === 0 ? mutated(drawn, random) : drawn;
      const peer = new RawPeer(front.port, SMALL);
      const outcomes = Array.from({ length: MAX_CALLS }, (_, i) => peer.expect(i * 2 + 1));
      peer.send(...frames.slice(2));
      peer.end();
      await Promise.all([peer.whenClosed, ...outcomes]);
      const known = peer.violations.filter((text) => !/window|which is idle/.test(text));
      expect(known, `seed ${seed}, ${kind}`).toEqual([]);
    }
    expect(front.faults.filter((fault) => fault === "internal")).toEqual([]);
    expect(front.counts.hanging).toBe(0);
  });
});

describe("good clients", () => {
  test(`${GOOD_SESSIONS} sessions at random end no connection`, async () => {
    for (let seed = 1; seed <= GOOD_SESSIONS; seed++) {
      const peer = new RawPeer(front.port, SMALL);
      const before = peer.pingAnswerCount;
      const outcomes = Array.from({ length: MAX_CALLS }, (_, i) => peer.expect(i * 2 + 1));
      peer.send(...goodSession(seededRandom(seed)).frames.slice(2));
      peer.send(frame(TYPE.ping, 0, 0, Buffer.from("the last")));
      await peer.whenPinged(before);
      peer.close();
      await Promise.all(outcomes);
      expect(front.faults, `seed ${seed}`).toEqual([]);
      // Sessions change their windows: those are not what the peer believes them to be.
      expect(peer.violations.filter((text) => !text.includes("window"))).toEqual([]);
    }
  });
});

test("a client that says nothing but good things in single bytes is served", async () => {
  const peer = new RawPeer(front.port);
  const answer = peer.expect(1);
  const headers = [
    [":method", "POST"],
    [":scheme", "http"],
    [":path", "/proof.Echo/Echo"],
    [":authority", "x"],
    ["content-type", "application/grpc"],
    ["te", "trailers"],
  ] as const;
  const bytes = Buffer.concat([
    headersFrames(1, newWriter().block(headers), { isLast: false, cuts: [1, 0, 3] }),
    ...Array.from({ length: 40 }, (_, i) =>
      frame(TYPE.data, i === 39 ? 1 : 0, 1, Buffer.of(i === 4 ? 35 : i < 4 ? 0 : i)),
    ),
  ]);
  for (const byte of bytes) peer.send(Buffer.of(byte));
  const { blocks, body } = await answer;
  peer.close();
  expect(new Map(blocks.flat()).get("grpc-status")).toBe("0");
  expect(body.length).toBe(40);
});
