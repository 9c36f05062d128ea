import { connect, type Socket } from "node:net";
import { setTimeout as delay, setImmediate as turn } from "node:timers/promises";
import type { SeededRandom } from "@ofs/testkit";
import type { Session } from "./random-session.ts";

/** For the server to take what is sent; a server that has had enough may take nothing more. */
const DRAIN_TIMEOUT_MS = 400;
/** Largest piece that is sent at once. */
const MAX_PIECE_BYTES = 20_000;
const SLOW_PIECES = 30;

/** For answers to come before the client leaves. */
const LAST_LOOK_MS = 20;

const ENDINGS = ["half-close", "reset", "cut", "cut"] as const;

/** Says a session on a connection of its own, in pieces that have nothing to do with its frames, and leaves. */
export async function attack(port: number, session: Session, random: SeededRandom): Promise<void> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  // Being cut off is what the server owes most of these.
  socket.on("error", () => socket.destroy());
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  // What is written before is thrown away when the socket is cut.
  const connected = new Promise<void>((resolve) => socket.once("connect", () => resolve()));
  await Promise.race([connected, closed]);
  if (random.next() < 0.8) socket.resume();
  await say(socket, Buffer.concat(session.frames), random);
  const ending = random.pick(ENDINGS);
  if (random.next() < 0.5) await within(closed, LAST_LOOK_MS);
  if (ending === "half-close") {
    // Also a server that keeps the connection for a while is given up after a moment.
    socket.end();
    socket.resume();
    await within(closed, DRAIN_TIMEOUT_MS);
  } else if (ending === "reset" && !socket.destroyed) {
    socket.resetAndDestroy();
  }
  socket.destroy();
  await closed;
}

async function within(happening: Promise<void>, timeMs: number): Promise<void> {
  const timer = new AbortController();
  const late = delay(timeMs, undefined, { signal: timer.signal }).catch(() => undefined);
  await Promise.race([happening, late]);
  timer.abort();
}

async function say(socket: Socket, bytes: Buffer, random: SeededRandom): Promise<void> {
  const isSlow = random.next() < 0.2;
  let pieces = 0;
  for (let at = 0; at < bytes.length && !socket.destroyed; ) {
    const isSmall = isSlow && pieces++ < SLOW_PIECES;
    const size = isSmall ? random.integer(1, 20) : random.integer(1, MAX_PIECE_BYTES);
    const hasRoom = socket.write(bytes.subarray(at, at + size));
    at += size;
    if (!hasRoom) await drained(socket);
    else if (isSmall || random.next() < 0.3) await turn();
  }
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      socket.off("drain", done);
      socket.off("close", done);
      resolve();
    };
    const timer = setTimeout(() => {
      socket.destroy();
      done();
    }, DRAIN_TIMEOUT_MS);
    socket.once("drain", done);
    socket.once("close", done);
  });
}
