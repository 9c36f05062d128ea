import { once } from "node:events";
import {
  type AddressInfo,
  createConnection,
  createServer,
  type Server,
  type Socket,
} from "node:net";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readInTurns } from "../../src/redis/read-in-turns.ts";

let server: Server;
let peer: Socket;
let socket: Socket;

beforeEach(async () => {
  server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const accepted = once(server, "connection");
  socket = createConnection((server.address() as AddressInfo).port, "127.0.0.1");
  [peer] = (await accepted) as [Socket];
  readInTurns(socket);
});

afterEach(() => {
  for (const end of [socket, peer]) end.destroy();
  server.close();
});

/** What has come, by turn of the event loop, until so many bytes have. */
async function receive(byteCount: number): Promise<{ bytes: Buffer; byTurn: number[] }> {
  const pieces: Buffer[] = [];
  const byTurn: number[] = [];
  let received = 0;
  let inTurn = 0;
  socket.on("data", (piece: Buffer) => {
    pieces.push(piece);
    inTurn += piece.length;
  });
  while (received < byteCount) {
    inTurn = 0;
    await setImmediate();
    received += inTurn;
    if (inTurn > 0) byTurn.push(inTurn);
  }
  return { bytes: Buffer.concat(pieces), byTurn };
}

test("much that has come is taken a piece in each turn, in order and to its end", async () => {
  const sent = Buffer.alloc(4_000_000, "0123456789");
  peer.write(sent);
  const { bytes, byTurn } = await receive(sent.length);
  expect(Buffer.compare(bytes, sent)).toBe(0);
  expect(Math.max(...byTurn)).toBeLessThan(128 * 1024);
});

test("what comes before the other side ends is not lost", async () => {
  const sent = Buffer.alloc(1_000_000, 7);
  const ended = once(socket, "end");
  peer.end(sent);
  const { bytes } = await receive(sent.length);
  expect(Buffer.compare(bytes, sent)).toBe(0);
  await ended;
});

test("little is taken as it comes", async () => {
  const pause = () => {
    throw new Error("paused");
  };
  Object.assign(socket, { pause });
  for (let i = 0; i < 20; i++) {
    peer.write(Buffer.alloc(10_000, i));
    const { bytes } = await receive(10_000);
    expect(bytes).toHaveLength(10_000);
    socket.removeAllListeners("data");
    readInTurns(socket);
  }
});
