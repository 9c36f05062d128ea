import { once } from "node:events";
import {
  type AddressInfo,
  createConnection,
  createServer,
  type Server,
  type Socket,
} from "node:net";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readInTurns } from "../src/read-in-turns.ts";

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
  const take = (piece: Buffer): void => {
    pieces.push(piece);
    inTurn += piece.length;
  };
  socket.on("data", take);
  while (received < byteCount) {
    inTurn = 0;
    await setImmediate();
    received += inTurn;
    if (inTurn > 0) byTurn.push(inTurn);
  }
  socket.off("data", take);
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

test("little is taken as it comes, however much it is in the end", async () => {
  const pause = vi.spyOn(socket, "pause");
  for (let i = 0; i < 20; i++) {
    peer.write(Buffer.alloc(20_000, i));
    await receive(20_000);
  }
  expect(pause).not.toHaveBeenCalled();
});
