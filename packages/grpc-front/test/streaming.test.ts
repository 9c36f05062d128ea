import { text as readText } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { FeatureStoreError } from "@ofs/platform";
import { afterEach, describe, expect, test } from "vitest";
import type { FrontLimits } from "../src/front-options.ts";
import type { PlainHandler } from "../src/plain-call.ts";
import type { StreamCall, StreamHandler } from "../src/stream-call.ts";
import { callFields, data, frame, headers, message, u32 } from "./support/frames.ts";
import { openRig, type RawPeer, type Rig } from "./support/raw-peer.ts";

const TALK = "/test.Service/Talk";

let rig: Rig;

afterEach(() => rig.close());

interface Talk {
  readonly peer: RawPeer;
  readonly events: string[];
  call(): Promise<StreamCall>;
}

/** A method that notes what it is told, and sends what `reply` makes of a message. */
async function talk(
  reply: (text: string, call: StreamCall) => void = (text, call) =>
    call.send(Buffer.from(`${text}!`)),
  limits: Partial<FrontLimits> = {},
): Promise<Talk> {
  const events: string[] = [];
  const calls: StreamCall[] = [];
  const handler: StreamHandler = (call) => {
    calls.push(call);
    events.push(`open ${call.header("x-a")}`);
    return {
      onMessage(bytes) {
        events.push(Buffer.from(bytes).toString());
        reply(Buffer.from(bytes).toString(), call);
      },
      onEnd() {
        events.push("end");
        call.end();
      },
      onClose: () => void events.push("close"),
    };
  };
  rig = await openRig(limits, {}, { streams: new Map([[TALK, handler]]) });
  const peer = rig
    .open()
    .send(headers(1, callFields(TALK, { "x-a": "b", "grpc-encoding": "gzip" })));
  return {
    peer,
    events,
    async call() {
      while (calls.length === 0) await new Promise((turn) => setImmediate(turn));
      return calls[0] as StreamCall;
    },
  };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((turn) => setImmediate(turn));
}

describe("a streaming call", () => {
  test("is a conversation, ended by either side", async () => {
    const { peer, events } = await talk();
    const both = Buffer.concat([message(Buffer.from("one")), message(Buffer.from("two"))]);
    peer.send(data(1, both.subarray(0, 10), 0), data(1, both.subarray(10), 0));
    await peer.until(() => peer.body(1).length === 18);
    peer.send(data(1, message(gzipSync("three"), 1)));
    expect(await peer.answer(1)).toMatchObject({ ":status": "200", "grpc-status": "0" });
    expect(peer.body(1).toString("latin1")).toMatch(/one!.*two!.*three!/s);
    await until(() => events.includes("close"));
    expect(events).toEqual(["open b", "one", "two", "three", "end", "close"]);
  });

  test("sends on its own, and ends with a status after what it has sent", async () => {
    const { peer, call, events } = await talk();
    const open = await call();
    open.send(Buffer.from("news"));
    open.fail(new FeatureStoreError("UNAVAILABLE", "going"));
    open.send(Buffer.from("lost"));
    expect(await peer.answer(1)).toMatchObject({ "grpc-status": "14", "grpc-message": "going" });
    expect(peer.body(1).toString("latin1", 5)).toBe("news");
    expect(events).toEqual(["open b", "close"]);
    open.send(Buffer.from("late"));
    open.end();
  });

  test("that fails before it has sent anything is answered by its status alone", async () => {
    const { peer } = await talk(() => {
      throw new TypeError("secret");
    });
    peer.send(data(1, message(Buffer.from("x")), 0));
    expect(await peer.answer(1)).toMatchObject({
      "grpc-status": "13",
      "grpc-message": "internal error",
    });
    expect(rig.lines).toHaveLength(1);
  });

  test("hears of the end of its caller once", async () => {
    const { peer, events, call } = await talk();
    await call();
    peer.send(frame(3, 0, 1, u32(8)));
    await until(() => events.includes("close"));
    peer.socket.destroy();
    await until(() => rig.front.stats().connectionCount === 0);
    expect(events).toEqual(["open b", "close"]);
  });

  test("is not limited in time", async () => {
    const { peer, call } = await talk(undefined, { requestTimeoutMs: 10, answerTimeoutMs: 10 });
    await call();
    await new Promise((resolve) => setTimeout(resolve, 60));
    peer.send(data(1, message(Buffer.from("still"))));
    expect(await peer.answer(1)).toMatchObject({ "grpc-status": "0" });
  });

  test("whose caller does not take what it asks for is cut", async () => {
    const large = Buffer.alloc(40_000);
    const { peer, events } = await talk((_, call) => call.send(large), {
      maxStreamQueueBytes: 100_000,
    });
    peer.send(frame(4, 0, 0, Buffer.from([0, 4, 0, 0, 0, 0])));
    for (let count = 0; count < 10; count += 1) peer.send(data(1, message(Buffer.from("more")), 0));
    expect(await peer.reset(1)).toBe(8);
    expect(rig.faults).toEqual(["stream-queue"]);
    expect(events.at(-1)).toBe("close");
  });

  test("refuses large messages", async () => {
    const { peer } = await talk();
    peer.send(data(1, Buffer.concat([Buffer.of(0), u32(65_537)]), 0));
    expect(await peer.answer(1)).toMatchObject({ "grpc-status": "8" });
  });
});

describe("a plain request", () => {
  const plain: PlainHandler = ({ path }) => {
    if (!path.startsWith("/plain")) return undefined;
    return async ({ method, rawHeaders, body }) => {
      if (path === "/plain/bug") throw new TypeError("secret");
      if (path === "/plain/unread") return { status: 413, headers: {}, body: Buffer.from("no") };
      const text = await readText(body);
      return {
        status: 201,
        headers: { "x-seen": rawHeaders.join(" ") },
        body: Buffer.from(`${method} ${text}`),
      };
    };
  };
  const fieldsOf = (path: string, method = "POST") =>
    Object.entries({ ":method": method, ":scheme": "http", ":path": path, "x-a": "b" }).map(
      ([name, value]) => ({ name, value }),
    );

  async function open(): Promise<RawPeer> {
    rig = await openRig({}, {}, { plain });
    return rig.open();
  }

  test("is answered with status, headers and body", async () => {
    const peer = await open();
    peer.send(
      headers(1, fieldsOf("/plain/x?y=z")),
      data(1, Buffer.from("bo"), 0),
      data(1, Buffer.from("dy")),
    );
    expect(await peer.answer(1)).toMatchObject({
      ":status": "201",
      "x-seen": "x-a b",
      "content-length": "9",
    });
    expect(peer.body(1).toString()).toBe("POST body");
  });

  test("without a body, and HEAD without one in the answer", async () => {
    const peer = await open();
    peer.send(headers(1, fieldsOf("/plain", "GET"), 5), headers(3, fieldsOf("/plain", "HEAD"), 5));
    await peer.answer(1);
    expect(peer.body(1).toString()).toBe("GET ");
    expect(await peer.answer(3)).toMatchObject({ ":status": "201", "content-length": "5" });
    expect(peer.body(3)).toHaveLength(0);
  });

  test("whose body is larger than any window is read as it comes", async () => {
    const peer = await open();
    peer.send(headers(1, fieldsOf("/plain")));
    const part = Buffer.alloc(16_000, "x");
    let sentBytes = 0;
    const grantedBytes = () =>
      peer.frames
        .filter((f) => f.type === 8 && f.id === 1)
        .reduce((sum, f) => sum + f.payload.readUInt32BE(0), 1_048_576);
    for (let count = 1; count <= 200; count += 1) {
      await peer.until(() => grantedBytes() - sentBytes >= part.length);
      peer.send(data(1, part, count === 200 ? 1 : 0));
      sentBytes += part.length;
    }
    peer.send(frame(8, 0, 0, u32(5_000_000)), frame(8, 0, 1, u32(5_000_000)));
    expect(await peer.answer(1)).toMatchObject({ "content-length": String(5 + 200 * 16_000) });
  });

  test("whose body nobody reads is answered, and its caller told to stop", async () => {
    const peer = await open();
    peer.send(headers(1, fieldsOf("/plain/unread")), data(1, Buffer.alloc(100), 0));
    expect(await peer.answer(1)).toMatchObject({ ":status": "413" });
    expect(await peer.reset(1)).toBe(0);
    expect(rig.front.stats().heldBytes).toBe(0);
  });

  test("that fails is 500, and logged", async () => {
    const peer = await open();
    expect(await peer.send(headers(1, fieldsOf("/plain/bug"), 5)).answer(1)).toMatchObject({
      ":status": "500",
    });
    expect(rig.lines).toHaveLength(1);
  });

  test("of another path is taken for gRPC", async () => {
    const peer = await open();
    expect(await peer.send(headers(1, fieldsOf("/other"), 5)).answer(1)).toMatchObject({
      ":status": "415",
    });
  });

  test("whose body is not as long as announced is reset", async () => {
    const peer = await open();
    const announced = [...fieldsOf("/plain"), { name: "content-length", value: "5" }];
    peer.send(
      headers(1, announced),
      data(1, Buffer.alloc(4)),
      headers(3, announced),
      data(3, Buffer.alloc(6), 0),
    );
    expect([await peer.reset(1), await peer.reset(3)]).toEqual([1, 1]);
  });
});
