import { Writable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { TurnCork } from "../../src/redis/turn-cork.ts";

/** A socket that says what each system call would have written. */
class Socket extends Writable {
  readonly writes: string[] = [];

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.writes.push(chunk.toString());
    done();
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.writes.push(chunks.map(({ chunk }) => chunk.toString()).join(""));
    done();
  }
}

test("what is written in one turn leaves together, at its end", async () => {
  const socket = new Socket();
  const cork = new TurnCork();
  for (const text of ["a", "b", "c"]) {
    cork.hold(socket);
    socket.write(text);
  }
  await Promise.resolve();
  expect(socket.writes).toEqual([]);
  await setImmediate();
  expect(socket.writes).toEqual(["abc"]);

  cork.hold(socket);
  socket.write("d");
  await setImmediate();
  expect(socket.writes).toEqual(["abc", "d"]);
});

test("a socket that takes another's place within the turn is held, too, and both are let go", async () => {
  const [old, next] = [new Socket(), new Socket()];
  const cork = new TurnCork();
  cork.hold(old);
  old.write("a");
  cork.hold(next);
  next.write("b");
  await setImmediate();
  expect([old.writes, next.writes]).toEqual([["a"], ["b"]]);
  old.write("c");
  next.write("d");
  expect([old.writes, next.writes]).toEqual([
    ["a", "c"],
    ["b", "d"],
  ]);
});

test("without a connection there is nothing to hold", () => {
  expect(() => new TurnCork().hold(undefined)).not.toThrow();
});
