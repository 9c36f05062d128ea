import { afterEach, describe, expect, test } from "vitest";
import { call, callFields, data, frame, headers, message, u32 } from "./support/frames.ts";
import { openRig, type Rig } from "./support/raw-peer.ts";

const LARGE = "/test.Service/Large";

let rig: Rig;

afterEach(() => rig.close());

describe("flow control", () => {
  test("an answer goes as far as the caller's windows, and on when they grow", async () => {
    rig = await openRig({}, { [LARGE]: () => ({ response: Buffer.alloc(100_000, 7) }) });
    const peer = rig.open();
    const small = frame(4, 0, 0, Buffer.from([0, 4, 0, 0, 0, 10]));
    peer.send(small, call(1, Buffer.alloc(0), callFields(LARGE)));
    await peer.until(() => peer.body(1).length === 10);
    peer.send(frame(8, 0, 1, u32(20_000)));
    await peer.until(() => peer.body(1).length === 20_010);
    peer.send(frame(4, 0, 0, Buffer.from([0, 4, 0, 1, 0x86, 0xaa])));
    await peer.until(() => peer.body(1).length === 65_535);
    peer.send(frame(8, 0, 0, u32(100_000)));
    expect(await peer.answer(1)).toMatchObject({ "grpc-status": "0" });
    expect(peer.body(1)).toHaveLength(100_005);
    expect(rig.front.stats().heldBytes).toBe(0);
  });

  test("answers that wait for the connection's window go one after the other", async () => {
    rig = await openRig({}, { [LARGE]: () => ({ response: Buffer.alloc(60_000) }) });
    const peer = rig.open();
    peer.send(...[1, 3, 5].map((id) => call(id, Buffer.alloc(0), callFields(LARGE))));
    const sent = () => [1, 3, 5].map((id) => peer.body(id).length);
    await peer.until(() => sent().reduce((sum, size) => sum + size) === 65_535);
    expect(sent()).toEqual([60_005, 5_530, 0]);
    peer.send(frame(8, 0, 0, u32(60_000)));
    await peer.until(() => sent().reduce((sum, size) => sum + size) === 125_535);
    expect(sent()).toEqual([60_005, 60_005, 5_525]);
    peer.send(frame(8, 0, 0, u32(1_000_000)));
    for (const id of [1, 3, 5]) await peer.answer(id);
    expect(sent()).toEqual([60_005, 60_005, 60_005]);
  });

  test("an answer that its own window holds up lets others pass, and goes on before them", async () => {
    rig = await openRig({}, { [LARGE]: () => ({ response: Buffer.alloc(100_000) }) });
    const peer = rig.open();
    peer.send(frame(8, 0, 0, u32(100_000 - 65_535)));
    peer.send(...[1, 3].map((id) => call(id, Buffer.alloc(0), callFields(LARGE))));
    const sent = () => [1, 3].map((id) => peer.body(id).length);
    await peer.until(() => sent().reduce((sum, size) => sum + size) === 100_000);
    expect(sent()).toEqual([65_535, 34_465]);
    peer.send(frame(8, 0, 1, u32(100_000)), frame(8, 0, 0, u32(40_000)));
    await peer.until(() => sent().reduce((sum, size) => sum + size) === 140_000);
    expect(sent()).toEqual([100_005, 39_995]);
    peer.send(frame(8, 0, 3, u32(100_000)), frame(8, 0, 0, u32(100_000)));
    for (const id of [1, 3]) await peer.answer(id);
  });

  test("what is longer than 256 KiB takes turns with what came after it", async () => {
    const sizes = new Map([
      [1, 600_000],
      [3, 600_000],
      [5, 50_000],
    ]);
    rig = await openRig(
      {},
      {
        [LARGE]: ({ request }) => ({
          response: Buffer.alloc(sizes.get(request[0] as number) as number),
        }),
      },
    );
    const peer = rig.open();
    peer.send(frame(4, 0, 0, Buffer.from([0, 4, 0x7f, 0xff, 0xff, 0xff])));
    peer.send(...[1, 3, 5].map((id) => call(id, Buffer.of(id), callFields(LARGE))));
    const sent = () => [1, 3, 5].map((id) => peer.body(id).length);
    peer.send(frame(8, 0, 0, u32(700_000 - 65_535)));
    await peer.until(() => sent().reduce((sum, size) => sum + size) === 700_000);
    // 256 KiB of each long one, then the short one whole, and the rest in turn.
    const [first = 0, second = 0, short = 0] = sent();
    expect(short).toBe(50_005);
    expect(Math.abs(first - second)).toBeLessThanOrEqual(2 * 16_384);
    peer.send(frame(8, 0, 0, u32(10_000_000)));
    for (const id of [1, 3, 5]) await peer.answer(id);
    expect(sent()).toEqual([600_005, 600_005, 50_005]);
  });

  test("a caller gets room for a message of any allowed size", async () => {
    rig = await openRig();
    const peer = rig.open();
    peer.send(frame(8, 0, 0, u32(100_000_000)), frame(4, 0, 0, Buffer.from([0, 4, 5, 0, 0, 0])));
    const bytes = message(Buffer.alloc(4_000_000, 3));
    peer.send(headers(1));
    let windowBytes = 1_048_576;
    let grantCount = 0;
    for (let at = 0; at < bytes.length; at += 16_384) {
      while (windowBytes < 16_384) {
        await peer.until(
          (frames) => frames.filter((f) => f.type === 8 && f.id === 1).length > grantCount,
        );
        const grants = peer.frames.filter((f) => f.type === 8 && f.id === 1);
        for (const { payload } of grants.slice(grantCount)) windowBytes += payload.readUInt32BE(0);
        grantCount = grants.length;
      }
      const part = bytes.subarray(at, at + 16_384);
      windowBytes -= part.length;
      peer.send(data(1, part, at + 16_384 >= bytes.length ? 1 : 0));
    }
    expect(await peer.answer(1)).toMatchObject({ "grpc-status": "0" });
    expect(peer.body(1)).toHaveLength(4_000_005);
  });
});
