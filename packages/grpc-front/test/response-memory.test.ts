import type { UnaryReply } from "@ofs/platform";
import { afterEach, describe, expect, test } from "vitest";
import { call, callFields, frame, u32 } from "./support/frames.ts";
import { openRig, type Rig } from "./support/raw-peer.ts";
import { waiting } from "./support/waiting-handler.ts";

const METHOD = "/test.Service/Reused";
const NO_WINDOW = frame(4, 0, 0, Buffer.from([0, 4, 0, 0, 0, 0]));
const CANCEL = 8;

let rig: Rig;

afterEach(() => rig.close());

/** Answers whose memory is overwritten as soon as it is given back, with how often that was, for each. */
function overwritten() {
  const releases: number[] = [];
  return {
    releases,
    reply(sizeBytes: number): UnaryReply {
      const index = releases.push(0) - 1;
      return {
        response: Buffer.alloc(sizeBytes, 7),
        release(response) {
          releases[index] = (releases[index] as number) + 1;
          response.fill(0xee);
        },
      };
    },
  };
}

const isIntact = (body: Buffer): boolean => body.subarray(5).every((byte) => byte === 7);

describe("memory of a response is given back once, when its bytes are on their way", () => {
  test.each([0, 1, 16_379, 16_380, 65_530, 300_000])("of an answer of %i bytes", async (size) => {
    const { releases, reply } = overwritten();
    rig = await openRig({}, { [METHOD]: () => reply(size) });
    const peer = rig.open();
    peer.send(call(1, Buffer.alloc(0), callFields(METHOD)));
    peer.send(frame(8, 0, 0, u32(1_000_000)), frame(8, 0, 1, u32(1_000_000)));
    expect(await peer.answer(1)).toMatchObject({ "grpc-status": "0" });
    expect(peer.body(1)).toHaveLength(size + 5);
    expect(isIntact(peer.body(1))).toBe(true);
    expect(releases).toEqual([1]);
  });

  test("of an answer that waits for the caller, not before it is gone", async () => {
    const { releases, reply } = overwritten();
    rig = await openRig({}, { [METHOD]: () => reply(50_000) });
    const peer = rig.open();
    peer.send(NO_WINDOW, call(1, Buffer.alloc(0), callFields(METHOD)));
    for (const [more, released] of [
      [20_000, 0],
      [30_004, 0],
      [1, 1],
    ] as const) {
      const before = peer.body(1).length;
      peer.send(frame(8, 0, 1, u32(more)));
      await peer.until(() => peer.body(1).length === before + more);
      expect(releases).toEqual([released]);
    }
    await peer.answer(1);
    expect(isIntact(peer.body(1))).toBe(true);
  });

  test("of answers of many calls that come and go, on connections that read as they like", async () => {
    const { releases, reply } = overwritten();
    const sizes = [10, 5_000, 16_379, 16_380, 40_000, 120_000];
    rig = await openRig(
      {},
      {
        [METHOD]: ({ request }) => reply(sizes[request[0] as number] as number),
      },
    );
    const peers = Array.from({ length: 4 }, () => rig.open());
    const ids = Array.from({ length: 30 }, (_, index) => 2 * index + 1);
    await Promise.all(
      peers.map(async (peer, place) => {
        peer.send(frame(4, 0, 0, Buffer.from([0, 4, 0, 0, 0, 100 + place])));
        for (const id of ids) peer.send(call(id, Buffer.of(id % sizes.length), callFields(METHOD)));
        peer.send(frame(8, 0, 0, u32(20_000_000)));
        for (const id of ids) peer.send(frame(8, 0, id, u32(200_000)));
        for (const id of ids) await peer.answer(id);
        for (const id of ids) expect(isIntact(peer.body(id))).toBe(true);
      }),
    );
    expect(releases).toEqual(new Array(peers.length * ids.length).fill(1));
  });

  test("of an answer whose caller has left it half read", async () => {
    const { releases, reply } = overwritten();
    rig = await openRig({}, { [METHOD]: () => reply(50_000) });
    const peer = rig.open();
    peer.send(NO_WINDOW, ...[1, 3].map((id) => call(id, Buffer.alloc(0), callFields(METHOD))));
    peer.send(frame(8, 0, 1, u32(1_000)));
    await peer.until(() => peer.body(1).length === 1_000);
    expect(releases).toEqual([0, 0]);
    peer.send(frame(3, 0, 1, u32(CANCEL)));
    while (releases[0] === 0) await new Promise((turn) => setImmediate(turn));
    peer.socket.destroy();
    while (releases[1] === 0) await new Promise((turn) => setImmediate(turn));
    expect(releases).toEqual([1, 1]);
    expect(rig.front.stats().heldBytes).toBe(0);
  });

  test("of an answer that came later, and of none that came too late", async () => {
    const { releases, reply } = overwritten();
    const { calls, entered, handler } = waiting();
    rig = await openRig({}, { [METHOD]: handler });
    const peer = rig.open();
    peer.send(...[1, 3].map((id) => call(id, Buffer.alloc(0), callFields(METHOD))));
    await entered(2);
    peer.send(frame(3, 0, 3, u32(CANCEL)));
    while (!calls[1]?.call.signal.aborted) await new Promise((turn) => setImmediate(turn));
    for (const { resolve } of calls) resolve(reply(20_000));
    await peer.answer(1);
    expect(isIntact(peer.body(1))).toBe(true);
    expect(releases).toEqual([1, 0]);
  });
});
