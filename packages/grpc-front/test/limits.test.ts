import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import type { FrontLimits } from "../src/front-options.ts";
import {
  block,
  call,
  callFields,
  data,
  ECHO,
  frame,
  headers,
  integer,
  message,
  OPENING,
  text,
  u32,
} from "./support/frames.ts";
import { openRig, type RawPeer, type Rig } from "./support/raw-peer.ts";

const HOLD = "/test.Service/Hold";
const COMPRESSION_ERROR = 9;
const ENHANCE_YOUR_CALM = 11;
const REFUSED_STREAM = 7;
/** What the headers of a call count. */
const HEADER_BYTES = callFields(HOLD).reduce(
  (sum, { name, value }) => sum + name.length + value.length + 32,
  0,
);
const PING = frame(6, 0, 0, Buffer.alloc(8));

let rig: Rig;

afterEach(() => rig.close());

async function open(limits: Partial<FrontLimits> = {}): Promise<RawPeer> {
  rig = await openRig(limits, { [HOLD]: () => new Promise(() => undefined) });
  return rig.open();
}

/** The server must be as good as new to somebody else. */
async function assertServes(): Promise<void> {
  const other = rig.open().send(call(1, Buffer.from("hi")));
  expect(await other.answer(1)).toMatchObject({ "grpc-status": "0" });
}

function repeat(count: number, make: (index: number) => Buffer): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, index) => make(index)));
}

describe("a flood ends its connection", () => {
  const reset = (id: number): Buffer => frame(3, 0, id, u32(8));
  test.each([
    ["PING", { controlBurst: 20 }, () => repeat(30, () => PING)],
    ["SETTINGS", { controlBurst: 20 }, () => repeat(30, () => frame(4, 0, 0))],
    ["PRIORITY", { controlBurst: 20 }, () => repeat(30, () => frame(2, 0, 3, Buffer.alloc(5)))],
    ["unknown frames", { controlBurst: 20 }, () => repeat(30, () => frame(99, 0, 0))],
    [
      "empty DATA",
      { controlBurst: 20 },
      () => Buffer.concat([headers(1), repeat(30, () => data(1, Buffer.alloc(0), 0))]),
    ],
    [
      "WINDOW_UPDATE",
      { windowUpdateBurst: 20, windowUpdatesPerSecond: 1 },
      () => repeat(30, () => frame(8, 0, 0, u32(1))),
    ],
    [
      "rapid reset",
      { resetBurst: 20, resetsPerSecond: 1 },
      () => repeat(30, (i) => Buffer.concat([headers(2 * i + 1), reset(2 * i + 1)])),
    ],
    [
      "streams beyond the limit",
      { maxConcurrentStreams: 1, resetBurst: 20, resetsPerSecond: 1 },
      () => repeat(30, (i) => headers(2 * i + 1)),
    ],
    [
      "CONTINUATION frames",
      { maxContinuationFrames: 5 },
      () => Buffer.concat([headers(1, callFields(), 0), repeat(7, () => frame(9, 0, 1))]),
    ],
  ] as const)("%s", async (_, limits, flood) => {
    const peer = await open({ controlsPerSecond: 1, ...limits });
    peer.send(flood());
    const [code] = await peer.goAway();
    expect(code).toBe(ENHANCE_YOUR_CALM);
    await peer.closed();
    expect(rig.faults).toEqual(["flood"]);
    await assertServes();
  });

  test("but calls that are answered and frames that are expected do not", async () => {
    const budgets = { resetBurst: 5, resetsPerSecond: 0, windowUpdateBurst: 5 };
    const peer = await open({ ...budgets, controlBurst: 5, controlsPerSecond: 0 });
    for (let round = 0; round < 20; round += 1) {
      const id = 4 * round + 1;
      peer.send(headers(id), frame(3, 0, id, u32(8)), call(id + 2, Buffer.from("x")));
      peer.send(frame(8, 0, 0, u32(10)), frame(8, 0, 0, u32(10)));
      expect(await peer.answer(id + 2)).toMatchObject({ "grpc-status": "0" });
      peer.send(PING); // with each answer, grpc-go measures how long the way is
    }
    expect(rig.faults).toEqual([]);
  });
});

describe("headers", () => {
  const wide = (count: number, size: number) =>
    callFields(
      ECHO,
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`x-${i}`, "y".repeat(size)])),
    );

  test.each([
    ["too many", { maxHeaderCount: 20 }, wide(30, 1)],
    ["too many bytes of them", { maxHeaderListBytes: 1_000 }, wide(3, 400)],
  ])(
    "%s: the call is refused, the connection and its header table live on",
    async (_, limits, fields) => {
      const peer = await open(limits);
      const known = block([{ name: "x-known", value: "1", isIndexed: true }]);
      peer.send(
        frame(1, 4, 1, Buffer.concat([block(fields), known])),
        data(1, message(Buffer.of(1))),
      );
      expect(await peer.answer(1)).toMatchObject({ "grpc-status": "8" });
      const again = Buffer.concat([block(callFields()), Buffer.of(0xbe)]);
      peer.send(frame(1, 4, 3, again), data(3, message(Buffer.of(1))));
      expect(await peer.answer(3)).toMatchObject({ "grpc-status": "0" });
    },
  );

  test("a block larger than allowed ends the connection", async () => {
    const peer = await open({ maxHeaderBlockBytes: 3_000 });
    peer.send(frame(1, 0, 1, Buffer.alloc(2_000)), frame(9, 0, 1, Buffer.alloc(2_000)));
    expect(await peer.goAway()).toEqual([ENHANCE_YOUR_CALM, expect.stringContaining("3000 bytes")]);
    await assertServes();
  });

  test("60 KB of Huffman code over CONTINUATION frames", async () => {
    const peer = await open({ maxHeaderBlockBytes: 65_536 });
    const coded = Buffer.concat([integer(60_000, 7, 0x80), Buffer.alloc(60_000)]);
    const bytes = Buffer.concat([block(callFields()), Buffer.of(0), text("x"), coded]);
    peer.send(frame(1, 0, 1, bytes.subarray(0, 16_000)));
    for (let at = 16_000; at < bytes.length; at += 16_000) {
      const isLast = at + 16_000 >= bytes.length;
      peer.send(frame(9, isLast ? 4 : 0, 1, bytes.subarray(at, at + 16_000)));
    }
    expect(await peer.answer(1)).toMatchObject({ "grpc-status": "8" });
    expect(rig.lines).toEqual([]);
  });

  test("what cannot be decoded ends the connection", async () => {
    const peer = await open();
    peer.send(frame(1, 5, 1, Buffer.of(0x80)));
    expect((await peer.goAway())[0]).toBe(COMPRESSION_ERROR);
    expect(rig.faults).toEqual(["protocol"]);
    await assertServes();
  });
});

describe("streams and messages", () => {
  test("a stream beyond the limit is REFUSED_STREAM, the others go on", async () => {
    const peer = await open({ maxConcurrentStreams: 2 });
    peer.send(headers(1), headers(3), headers(5));
    expect(await peer.reset(5)).toBe(REFUSED_STREAM);
    peer.send(data(5, message(Buffer.of(1))), data(3, message(Buffer.of(3))));
    expect(await peer.answer(3)).toMatchObject({ "grpc-status": "0" });
    expect(rig.front.stats().openStreamCount).toBe(1);
  });

  test("a message beyond the limit is refused by its head, one at the limit is not", async () => {
    const peer = await open({ maxMessageBytes: 10 });
    peer.send(headers(1), data(1, Buffer.concat([Buffer.of(0), u32(11)]), 0));
    expect(await peer.answer(1)).toMatchObject({
      "grpc-status": "8",
      "grpc-message": "Received message larger than max (11 vs 10)",
    });
    expect(await peer.reset(1)).toBe(0);
    peer.send(data(1, Buffer.alloc(6)), call(3, Buffer.alloc(10)), call(5, Buffer.alloc(11)));
    expect(await peer.answer(3)).toMatchObject({ "grpc-status": "0" });
    expect(await peer.answer(5)).toMatchObject({ "grpc-status": "8" });
  });

  test("a compressed message is bounded by what it grows to", async () => {
    const peer = await open({ maxMessageBytes: 1_000 });
    const gzip = callFields(ECHO, { "grpc-encoding": "gzip" });
    const send = (id: number, size: number) =>
      peer.send(headers(id, gzip), data(id, message(gzipSync(Buffer.alloc(size)), 1)));
    send(1, 1_001);
    expect(await peer.answer(1)).toMatchObject({ "grpc-status": "8" });
    send(3, 1_000);
    expect(await peer.answer(3)).toMatchObject({ "grpc-status": "0" });
    expect(peer.body(3)).toHaveLength(1_005);
  });

  test("a connection holds only so many bytes", async () => {
    const peer = await open({ maxConnectionHeldBytes: 20_000 });
    const part = message(Buffer.alloc(100_000)).subarray(0, 12_000);
    peer.send(headers(1), data(1, part, 0), headers(3), data(3, part, 0));
    expect(await peer.answer(3)).toMatchObject({ "grpc-status": "8" });
    expect(rig.front.stats().heldBytes).toBe(12_000 + HEADER_BYTES);
    expect(rig.faults).toEqual(["held-bytes"]);
    peer.socket.destroy();
    await peer.closed();
    while (rig.front.stats().heldBytes > 0) await new Promise((turn) => setImmediate(turn));
  });

  test("headers count, too", async () => {
    const peer = await open({ maxConnectionHeldBytes: 2_000 });
    const large = callFields(ECHO, { "x-large": "y".repeat(1_500) });
    peer.send(headers(1, large), headers(3, large));
    expect(await peer.answer(3)).toMatchObject({ "grpc-status": "8" });
    expect(rig.faults).toEqual(["held-bytes"]);
  });

  test("calls that wait hold their requests", async () => {
    const peer = await open();
    peer.send(call(1, Buffer.alloc(5_000), callFields(HOLD)));
    while (rig.front.stats().heldBytes === 0) await new Promise((turn) => setImmediate(turn));
    expect(rig.front.stats().heldBytes).toBe(5_000 + HEADER_BYTES);
    peer.send(frame(3, 0, 1, u32(8)));
    while (rig.front.stats().heldBytes > 0) await new Promise((turn) => setImmediate(turn));
  });

  test("of all connections the one that holds most is cut", async () => {
    const large = await open({ maxHeldBytes: 20_000 });
    const small = rig.open();
    const part = (size: number) => data(1, message(Buffer.alloc(100_000)).subarray(0, size), 0);
    large.send(headers(1), part(12_000));
    while (rig.front.stats().heldBytes === 0) await new Promise((turn) => setImmediate(turn));
    small.send(headers(1), part(10_000));
    await large.closed();
    small.send(call(3));
    expect(await small.answer(3)).toMatchObject({ "grpc-status": "0" });
    expect(rig.faults).toEqual(["held-bytes"]);
  });
});

describe("time", () => {
  test.each([
    ["who does not say anything", Buffer.alloc(0)],
    ["who sends half a preface", OPENING.subarray(0, 10)],
    ["who sends a preface and no SETTINGS", OPENING.subarray(0, 24)],
  ])("%s is cut", async (_, bytes) => {
    rig = await openRig({ handshakeTimeoutMs: 20 });
    const peer = rig.connect().send(bytes);
    await peer.closed();
    expect(rig.faults).toEqual(["handshake"]);
  });

  test("a peer that does not answer a ping is cut, one that does is not", async () => {
    const peer = await open({ keepaliveTimeMs: 30, keepaliveTimeoutMs: 300 });
    for (let count = 1; count <= 3; count += 1) {
      await peer.until((frames) => frames.filter((f) => f.type === 6).length >= count);
      peer.send(frame(6, 1, 0, peer.frames.find((f) => f.type === 6)?.payload));
    }
    expect(rig.faults).toEqual([]);
    await peer.closed();
    expect(rig.faults).toEqual(["keepalive"]);
  });

  test("a request that does not arrive whole is refused", async () => {
    const peer = await open({ requestTimeoutMs: 20 });
    peer.send(headers(1), data(1, message(Buffer.alloc(9)).subarray(0, 7), 0));
    expect(await peer.answer(1)).toMatchObject({
      "grpc-status": "4",
      "grpc-message": "the request did not arrive within 20 ms",
    });
    expect(rig.faults).toEqual(["slow-request"]);
  });

  test("an answer that is not taken is dropped", async () => {
    const peer = await open({ answerTimeoutMs: 20 });
    const noWindow = frame(4, 0, 0, Buffer.from([0, 4, 0, 0, 0, 0]));
    peer.send(noWindow, call(1, Buffer.alloc(100)));
    expect(await peer.reset(1)).toBe(8);
    expect([rig.faults, rig.front.stats().heldBytes]).toEqual([["unread-answer"], 0]);
  });

  test("a peer that reads nothing is cut, and does not fill the memory meanwhile", async () => {
    const body = Buffer.alloc(1_000_000);
    rig = await openRig(
      { stalledWriteTimeoutMs: 50, maxWriteQueueBytes: 200_000 },
      { "/test.Service/Large": () => ({ response: body }) },
    );
    const peer = rig.open();
    peer.socket.pause();
    const wide = frame(4, 0, 0, Buffer.from([0, 4, 0x7f, 0xff, 0xff, 0xff]));
    peer.send(wide, frame(8, 0, 0, u32(0x7fff_0000)));
    for (let id = 1; id < 60; id += 2) {
      peer.send(call(id, Buffer.alloc(0), callFields("/test.Service/Large")));
    }
    // A paused socket does not notice its end.
    while (!rig.faults.includes("stalled-write")) await new Promise((turn) => setTimeout(turn, 5));
    while (rig.front.stats().connectionCount > 0) await new Promise((turn) => setImmediate(turn));
    expect(rig.front.stats()).toMatchObject({ heldBytes: 0, openStreamCount: 0 });
  });

  test.each([
    ["idle", { maxConnectionIdleMs: 20 }],
    ["old", { maxConnectionAgeMs: 20 }],
  ])("a connection that is %s is asked to go", async (_, limits) => {
    const peer = await open({ ...limits, lingerMs: 20 });
    const ping = await peer.until((frames) => frames.find((f) => f.type === 6));
    const goAways = () =>
      peer.frames.filter((f) => f.type === 7).map((f) => f.payload.readUInt32BE(0));
    expect(goAways()).toEqual([0x7fff_ffff]);
    // On its way before the peer has seen GOAWAY: still served.
    peer.send(call(1), frame(6, 1, 0, ping.payload));
    expect(await peer.answer(1)).toMatchObject({ "grpc-status": "0" });
    await peer.closed();
    expect(goAways()).toEqual([0x7fff_ffff, 1]);
  });

  test("an old connection that does not go is cut after its grace", async () => {
    const peer = await open({ maxConnectionAgeMs: 20, maxConnectionAgeGraceMs: 60 });
    peer.send(call(1, Buffer.alloc(0), callFields(HOLD)));
    await peer.closed();
    while (rig.front.stats().openStreamCount > 0) await new Promise((turn) => setImmediate(turn));
  });
});
