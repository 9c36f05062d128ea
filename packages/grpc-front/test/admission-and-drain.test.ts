import { afterEach, describe, expect, test } from "vitest";
import type { Admission } from "../src/front-options.ts";
import { call, callFields, data, frame, headers, OPENING } from "./support/frames.ts";
import { openRig, type Rig } from "./support/raw-peer.ts";
import { waiting } from "./support/waiting-handler.ts";

const WAIT = "/test.Service/Wait";

let rig: Rig;

afterEach(() => rig.close());

describe("admission", () => {
  class Gate implements Admission {
    readonly refusalText = "too much";
    isFull = true;
    readonly asked: string[] = [];

    admits(path: string): boolean {
      this.asked.push(path);
      return !this.isFull;
    }
  }

  test("what is refused is skipped, with the windows kept right", async () => {
    const gate = new Gate();
    rig = await openRig({}, {}, { admission: gate });
    const peer = rig.open();
    const part = Buffer.alloc(16_384);
    for (let id = 1; id < 2_000; id += 2) {
      // 64 KiB each: far more than the connection's window together.
      peer.send(
        headers(id),
        data(id, part, 0),
        data(id, part, 0),
        data(id, part, 0),
        data(id, part),
      );
      if (id % 100 === 1) await peer.answer(id);
    }
    expect(await peer.answer(1_999)).toMatchObject({
      "grpc-status": "8",
      "grpc-message": "too much",
    });
    gate.isFull = false;
    expect(await peer.send(call(2_001)).answer(2_001)).toMatchObject({ "grpc-status": "0" });
    expect(rig.front.stats()).toMatchObject({ callCount: 1, refusedCount: 1_000, heldBytes: 0 });
    expect(gate.asked).toHaveLength(1_001);
    expect(rig.faults).toEqual([]);
  });
});

describe("drain", () => {
  test("answers what is in flight and what is on its way, refuses what comes later", async () => {
    const wait = waiting();
    rig = await openRig({}, { [WAIT]: wait.handler });
    const peer = rig.open().send(call(1, Buffer.of(1), callFields(WAIT)));
    await wait.entered(1);
    const drained = rig.front.drain();
    const ping = await peer.until((frames) => frames.find((f) => f.type === 6));
    peer.send(call(3), frame(6, 1, 0, ping.payload));
    await peer.until((frames) => frames.filter((f) => f.type === 7).length === 2);
    peer.send(call(5));
    expect(await peer.reset(5)).toBe(7);
    wait.calls[0]?.resolve({ response: Buffer.from("done") });
    expect(await peer.answer(1)).toMatchObject({ "grpc-status": "0" });
    expect(await peer.answer(3)).toMatchObject({ "grpc-status": "0" });
    const lastIds = peer.frames.filter((f) => f.type === 7).map((f) => f.payload.readUInt32BE(0));
    expect(lastIds).toEqual([0x7fff_ffff, 3]);
    await drained;
    expect(rig.front.stats().connectionCount).toBe(0);
  });

  test("does not wait for a client that answers nothing", async () => {
    rig = await openRig({ lingerMs: 20 });
    const peer = rig.connect().send(OPENING.subarray(0, 30));
    await peer.until((frames) => frames.length > 0);
    peer.socket.pause();
    await rig.front.drain();
  });

  test("destroy ends all at once", async () => {
    const wait = waiting();
    rig = await openRig({}, { [WAIT]: wait.handler });
    const peer = rig.open().send(call(1, Buffer.of(1), callFields(WAIT)));
    await wait.entered(1);
    rig.front.destroy();
    await peer.closed();
  });
});
