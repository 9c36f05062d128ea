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
import { HpackWriter } from "./support/hpack.ts";
import { type LocalFront, openLocalFront } from "./support/local-front.ts";
import { SERVICE } from "./support/proof-routes.ts";
import { RawPeer } from "./support/raw-peer.ts";

/*
 * What the proofs have found, each as small as it can be.
 */

const STREAM_CLOSED = 5;

let front: LocalFront;
let peer: RawPeer;

beforeEach(async () => {
  front = await openLocalFront();
  peer = new RawPeer(front.port);
});

afterEach(async () => {
  peer.close();
  await front.close();
});

function begin(id: number, method: string): void {
  const block = new HpackWriter(0).block([
    [":method", "POST"],
    [":scheme", "http"],
    [":path", `${SERVICE}/${method}`],
    [":authority", "x"],
    ["content-type", "application/grpc"],
    ["te", "trailers"],
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
