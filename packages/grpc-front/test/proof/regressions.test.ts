import type { StreamHandler } from "@ofs/grpc-front";
import { waitUntil } from "@ofs/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  dataFrame,
  ERROR,
  FLAG,
  frame,
  grpcMessage,
  headersFrames,
  TYPE,
} from "./support/frames.ts";
import { type Header, HpackWriter } from "./support/hpack.ts";
import { type LocalFront, openLocalFront } from "./support/local-front.ts";
import { SERVICE } from "./support/proof-routes.ts";
import { RawPeer } from "./support/raw-peer.ts";

/*
 * What the proofs have found, each as small as it can be.
 */

const STREAM_CLOSED = 5;
const MAX_HELD_BYTES = 100_000;

let front: LocalFront;
/** Of the streaming method, those that its handler takes for open. */
let openStreams: number;
let peer: RawPeer;

beforeEach(async () => {
  openStreams = 0;
  const watch: StreamHandler = () => {
    openStreams += 1;
    const ignore = () => undefined;
    const onClose = () => {
      openStreams -= 1;
    };
    return { onMessage: ignore, onEnd: ignore, onClose };
  };
  const streams = new Map([[`${SERVICE}/Watch`, watch]]);
  front = await openLocalFront({ maxConnectionHeldBytes: MAX_HELD_BYTES }, streams);
  peer = new RawPeer(front.port);
});

afterEach(async () => {
  peer.close();
  await front.close();
});

function begin(id: number, method: string, ...more: readonly Header[]): void {
  const block = new HpackWriter(0).block([
    [":method", "POST"],
    [":scheme", "http"],
    [":path", `${SERVICE}/${method}`],
    [":authority", "x"],
    ["content-type", "application/grpc"],
    ["te", "trailers"],
    ...more,
  ]);
  peer.send(headersFrames(id, block, { isLast: false }));
}

async function call(id: number, method: string, message: Buffer): Promise<string | undefined> {
  const answer = peer.expect(id);
  begin(id, method);
  peer.data(id, message, true);
  const { blocks } = await answer;
  return new Map(blocks.flat()).get("grpc-status");
}

test("DATA after the caller's RST_STREAM is a fault of the stream alone: Netty sends it", async () => {
  begin(1, "Hang");
  peer.send(frame(TYPE.reset, 0, 1, Buffer.from([0, 0, 0, ERROR.cancel])));
  const seen = peer.expect(1);
  peer.send(dataFrame(1, grpcMessage(Buffer.alloc(1_000)), true));
  expect((await seen).resetCode).toBe(STREAM_CLOSED);
  expect(await call(3, "Echo", grpcMessage(Buffer.from("on")))).toBe("0");
  expect(peer.goAwayCount).toBe(0);
  expect(front.faults).toEqual([]);
});

test("DATA after the caller's END_STREAM and RST_STREAM still ends the connection", async () => {
  begin(1, "Hang");
  peer.send(frame(TYPE.data, FLAG.endStream, 1, grpcMessage(Buffer.alloc(9))));
  peer.send(frame(TYPE.reset, 0, 1, Buffer.from([0, 0, 0, ERROR.cancel])));
  peer.send(dataFrame(1, Buffer.alloc(9), true));
  await peer.whenClosed;
  expect(peer.goAwayCode).toBe(STREAM_CLOSED);
  expect(front.faults).toEqual(["protocol"]);
});

test("a compressed flag without an encoding is INTERNAL", async () => {
  expect(await call(1, "Echo", grpcMessage(Buffer.from("x"), true))).toBe("13");
});

test("a call that was ended for what it holds is not answered again at its deadline", async () => {
  const refused = peer.expect(1);
  begin(1, "Echo", ["grpc-timeout", "60m"]);
  for (let i = 0; i < 8; i++)
    peer.data(1, Buffer.concat([Buffer.of(0, 0, 9, 0, 0), Buffer.alloc(14_000)]), false);
  const { blocks } = await refused;
  expect(new Map(blocks.flat()).get("grpc-status")).toBe("8");
  begin(3, "Hang", ["grpc-timeout", "120m"]);
  const last = peer.expect(3);
  peer.data(3, grpcMessage(Buffer.alloc(1)), true);
  expect(new Map((await last).blocks.flat()).get("grpc-status")).toBe("4");
  expect(peer.violations).toEqual([]);
});

test("a streaming call that is over before it is handled is not handled", async () => {
  const hanging = peer.expect(1);
  begin(1, "Hang");
  peer.data(1, grpcMessage(Buffer.alloc(200_000)).subarray(0, 5), false);
  for (let i = 0; i < 7; i++) peer.data(1, Buffer.alloc(14_000), false);
  await waitUntil(() => front.stats().heldBytes > MAX_HELD_BYTES - 9_000, { what: "held bytes" });
  const answer = peer.expect(3);
  begin(3, "Watch", ["x-long", "x".repeat(9_000)]);
  const { blocks } = await answer;
  expect(new Map(blocks.flat()).get("grpc-status")).toBe("8");
  expect(openStreams).toBe(0);
  peer.close();
  await hanging;
});

test("several faults in one DATA frame are answered once", async () => {
  const empty = grpcMessage(Buffer.alloc(0));
  const tooLarge = Buffer.from([3, 255, 255, 255, 255]);
  expect(await call(1, "Echo", Buffer.concat([empty, empty, empty, tooLarge]))).toBe("12");
  expect(await call(3, "Echo", empty)).toBe("0");
  expect(peer.violations).toEqual([]);
});
