import type { Readable } from "node:stream";

/** How much a turn of the event loop takes from a socket. */
const TURN_BYTES = 64 * 1024;

/** What one read brings at least where it may be followed by more in the same turn: as much as a record of TLS. */
const LARGE_PIECE_BYTES = 16 * 1024;

/**
 * Leaves what a socket has beyond 64 KiB to the next turn of the event loop. Node takes 2 MiB in one turn if there is as much: many replies,
 * whose calls all go on at once while everybody else waits.
 */
export function readInTurns(socket: Readable): void {
  let byteCount = 0;
  const endTurn = (): void => {
    if (byteCount >= TURN_BYTES) socket.resume();
    byteCount = 0;
  };
  socket.on("data", (piece: Buffer) => {
    if (byteCount === 0) {
      if (piece.length < LARGE_PIECE_BYTES) return;
      setImmediate(endTurn);
    }
    byteCount += piece.length;
    if (byteCount >= TURN_BYTES) socket.pause();
  });
}
