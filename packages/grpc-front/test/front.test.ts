import { once } from "node:events";
import { duplexPair } from "node:stream";
import { FeatureStoreError, type UnaryReply } from "@ofs/platform";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import {
  block,
  call,
  callFields,
  data,
  ECHO,
  frame,
  headers,
  message,
  OPENING,
  u32,
} from "./support/frames.ts";
import { openRig, type Rig } from "./support/raw-peer.ts";
import { waiting } from "./support/waiting-handler.ts";

const LARGE = "/test.Service/Large";
const WAIT = "/test.Service/Wait";
const { OFS_PROPERTY_RUNS = "40" } = process.env;
/** Each run is a connection: a millisecond or two. */
const RUNS_MAX = 5_000;
const RUNS = Math.min(Number(OFS_PROPERTY_RUNS), RUNS_MAX);

let rig: Rig;

afterEach(() => rig.close());

test("a conversation in any pieces has the same answers", async () => {
  rig = await openRig({}, { [LARGE]: () => ({ response: Buffer.alloc(40_000, 7) }) });
  const bytes = Buffer.concat([
    OPENING,
    call(1, Buffer.from("first")),
    headers(3, callFields(ECHO, { "x-a": "b" }), 0),
    frame(9, 4, 3, block([{ name: "x-c", value: "d" }])),
    headers(5, callFields(LARGE)),
    // Padded, over two frames, another stream between.
    frame(
      0,
      8,
      3,
      Buffer.concat([Buffer.of(3), message(Buffer.from("second")).subarray(0, 4), Buffer.alloc(3)]),
    ),
    data(5, message(Buffer.alloc(0))),
    data(3, message(Buffer.from("second")).subarray(4)),
    // With a priority.
    frame(1, 0x24, 7, Buffer.concat([u32(0), Buffer.of(16), block(callFields())])),
    data(7, message(Buffer.from("third")), 0),
    data(7, Buffer.alloc(0)),
  ]);
  const cuts = fc.array(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(cuts, async (points) => {
      const peer = rig.connect();
      const ends = [...points.sort((a, b) => a - b), bytes.length];
      for (let at = 0; ends.length > 0; ) {
        const end = ends.shift() as number;
        peer.send(bytes.subarray(at, end));
        at = end;
        await new Promise((turn) => setImmediate(turn));
      }
      for (const id of [1, 3, 5, 7])
        expect(await peer.answer(id)).toMatchObject({ "grpc-status": "0" });
      const bodies = [1, 3, 7].map((id) => peer.body(id).toString("latin1", 5));
      expect(bodies).toEqual(["first", "second", "third"]);
      expect(peer.body(5)).toHaveLength(40_005);
      peer.socket.destroy();
    }),
    { numRuns: RUNS },
  );
  expect(rig.faults).toEqual([]);
});

test("mutated conversations end connections, never more", async () => {
  rig = await openRig();
  const good = Buffer.concat([
    OPENING,
    call(1, Buffer.from("first")),
    headers(3, callFields(ECHO, { "grpc-timeout": "1S" }), 0),
    frame(9, 4, 3, block([{ name: "x-c", value: "d", isCoded: true, isIndexed: true }])),
    data(3, message(Buffer.alloc(200))),
    frame(8, 0, 0, u32(9)),
    frame(6, 0, 0, Buffer.alloc(8)),
    call(5, Buffer.alloc(20), callFields("/no/such")),
  ]);
  const change = fc.tuple(fc.integer({ min: 24, max: good.length - 1 }), fc.nat({ max: 255 }));
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
      const bytes = Buffer.from(good);
      for (const [index, value] of changes) bytes[index] = value;
      const peer = rig.connect().send(bytes);
      peer.socket.end();
      await peer.closed();
    }),
    { numRuns: RUNS },
  );
  expect(rig.lines).toEqual([]);
  expect(rig.faults).not.toContain("internal");
  expect(await rig.open().send(call(1)).answer(1)).toMatchObject({ "grpc-status": "0" });
});

describe("calls", () => {
  test("a handler sees headers, deadline and message", async () => {
    const wait = waiting();
    rig = await openRig({}, { [WAIT]: wait.handler });
    const peer = rig.open();
    const fields = callFields(WAIT, {
      "x-a": "1",
      "grpc-timeout": "10S",
      "grpc-encoding": "identity",
    });
    peer.send(call(1, Buffer.from("body"), fields));
    await wait.entered(1);
    const [entered] = wait.calls;
    const seen = wait.first();
    expect([seen.method, seen.header("x-a"), seen.header("x-b")]).toEqual([WAIT, "1", undefined]);
    expect(Buffer.from(seen.request).toString()).toBe("body");
    expect(seen.deadlineMs - Date.now()).toBeGreaterThan(5_000);
    expect(seen.deadlineMs - Date.now()).toBeLessThanOrEqual(10_000);
    entered?.resolve({ response: Buffer.from("done"), trailers: { "x-t": "2" } });
    expect(await peer.answer(1)).toMatchObject({ "grpc-status": "0", "x-t": "2" });
    expect(seen.signal.aborted).toBe(false);
  });

  test("a call ends at its deadline, and its handler hears of it", async () => {
    const wait = waiting();
    rig = await openRig({}, { [WAIT]: wait.handler });
    const peer = rig
      .open()
      .send(call(1, Buffer.alloc(1), callFields(WAIT, { "grpc-timeout": "30m" })));
    await wait.entered(1);
    const { signal } = wait.first();
    expect(await peer.answer(1)).toMatchObject({ "grpc-status": "4" });
    expect(signal.reason).toMatchObject({ code: "DEADLINE_EXCEEDED" });
    wait.calls[0]?.reject(new FeatureStoreError("UNAVAILABLE", "late"));
    expect(await peer.send(call(3)).answer(3)).toMatchObject({ "grpc-status": "0" });
  });

  test.each([
    ["a reset", (peer: { send(bytes: Buffer): unknown }) => peer.send(frame(3, 0, 1, u32(8)))],
    [
      "the end of the connection",
      (peer: { socket: { destroy(): unknown } }) => peer.socket.destroy(),
    ],
  ] as const)("%s reaches the handler", async (_, end) => {
    const wait = waiting();
    rig = await openRig({}, { [WAIT]: wait.handler });
    const peer = rig.open().send(call(1, Buffer.alloc(1), callFields(WAIT)));
    await wait.entered(1);
    const { signal } = wait.first();
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener("abort", resolve);
    });
    end(peer);
    await aborted;
    expect(signal.reason).toMatchObject({ code: "CANCELLED" });
    wait.calls[0]?.resolve({ response: Buffer.alloc(0) });
    expect(rig.front.stats().openStreamCount).toBe(0);
  });

  test.each([
    ["no message", Buffer.alloc(0), "12", /no request message/],
    ["two messages", Buffer.concat([message(Buffer.of(1)), message(Buffer.of(2))]), "12", /second/],
    ["half a message", message(Buffer.alloc(9)).subarray(0, 9), "13", /within a message/],
    ["an unknown flag", message(Buffer.of(1), 2), "13", /flag of the message is 2/],
    ["compression that is not named", message(Buffer.of(1), 1), "13", /names no compression/],
  ])("%s", async (_, bytes, code, text) => {
    rig = await openRig();
    const answer = await rig.open().send(headers(1), data(1, bytes)).answer(1);
    expect(answer["grpc-status"]).toBe(code);
    expect(answer["grpc-message"]).toMatch(text);
  });

  test.each([
    ["another content type", { "content-type": "text/plain" }, { ":status": "415" }],
    ["none", { "content-type": "" }, { ":status": "415" }],
    [
      "one that only begins like gRPC's",
      { "content-type": "application/grpc-web" },
      { ":status": "415" },
    ],
    ["one with a format", { "content-type": "application/grpc+proto" }, { "grpc-status": "0" }],
    ["one with a parameter", { "content-type": "application/grpc;x=y" }, { "grpc-status": "0" }],
    ["another method of HTTP", { ":method": "GET" }, { ":status": "405" }],
    ["a timeout that is none", { "grpc-timeout": "soon" }, { "grpc-status": "13" }],
    ["an unknown method", { ":path": "/a/b" }, { "grpc-status": "12" }],
  ])("%s", async (_, more, expected) => {
    rig = await openRig();
    expect(
      await rig
        .open()
        .send(call(1, Buffer.of(1), callFields(ECHO, more)))
        .answer(1),
    ).toMatchObject(expected);
  });

  test("bugs of handlers are INTERNAL, and logged", async () => {
    rig = await openRig(
      {},
      {
        "/a/sync": () => {
          throw new TypeError("secret 1");
        },
        "/a/async": () => Promise.reject(new TypeError("secret 2")),
        "/a/no-reply": () => undefined as unknown as UnaryReply,
        "/a/no-reply-later": async () => undefined as unknown as UnaryReply,
        "/a/nothing": async () => {
          const nothing: unknown = undefined;
          throw nothing as Error;
        },
      },
    );
    const peer = rig.open();
    const paths = ["/a/sync", "/a/async", "/a/nothing", "/a/no-reply", "/a/no-reply-later"];
    for (const [index, path] of paths.entries()) {
      const id = 2 * index + 1;
      const answer = await peer.send(call(id, Buffer.of(1), callFields(path))).answer(id);
      expect(answer).toMatchObject({ "grpc-status": "13", "grpc-message": "internal error" });
    }
    expect(rig.lines.map((line) => JSON.parse(line).err?.message)).toEqual([
      "secret 1",
      "secret 2",
      ...Array(3).fill(expect.any(String)),
    ]);
  });

  test("answers of one turn go in one write", async () => {
    const wait = waiting();
    rig = await openRig({}, { [WAIT]: wait.handler });
    const peer = rig.open();
    const ids = Array.from({ length: 50 }, (_, index) => 2 * index + 1);
    peer.send(...ids.map((id) => call(id, Buffer.of(1), callFields(WAIT))));
    await wait.entered(50);
    let chunkCount = 0;
    peer.socket.on("data", () => {
      chunkCount += 1;
    });
    for (const { resolve } of wait.calls) resolve({ response: Buffer.from("done") });
    for (const id of ids) await peer.answer(id);
    expect(chunkCount).toBeLessThan(5);
  });
});

test("any duplex stream will do", async () => {
  rig = await openRig();
  const [mine, its] = duplexPair();
  rig.front.accept(its);
  const chunks: Buffer[] = [];
  mine.on("data", (chunk: Buffer) => chunks.push(chunk));
  mine.write(
    Buffer.concat([OPENING, call(1, Buffer.from("over a pair")), call(3, Buffer.from("again"))]),
  );
  while (!Buffer.concat(chunks).includes("again")) await once(mine, "data");
  expect(Buffer.concat(chunks).includes("over a pair")).toBe(true);
  mine.destroy();
});
