import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { OpenStreams } from "../../src/transport/open-streams.ts";

class FakeStream extends EventEmitter {
  readonly codes: number[] = [];

  constructor() {
    super();
    this.on("error", ({ code }: { code: number }) => this.codes.push(code));
  }
}

test("no more than the limit are open at once", () => {
  const streams = new OpenStreams(1);
  const [first, second, third] = [new FakeStream(), new FakeStream(), new FakeStream()];
  expect(streams.open(first)).toBe(true);
  expect(streams.open(second)).toBe(false);
  expect(second.codes).toEqual([8]);
  first.emit("cancelled");
  expect(streams.open(third)).toBe(true);
  expect(streams.count).toBe(1);
});

test.each(["cancelled", "close", "finish"])("%s ends a stream, once", (event) => {
  const streams = new OpenStreams(1);
  const stream = new FakeStream();
  let endCount = 0;
  streams.open(stream, () => {
    endCount += 1;
  });
  stream.emit(event);
  stream.emit("close");
  expect([endCount, streams.count]).toEqual([1, 0]);
});

test("closing ends all streams, and each later one", () => {
  const streams = new OpenStreams(5);
  const [open, late] = [new FakeStream(), new FakeStream()];
  let hasEnded = false;
  streams.open(open, () => {
    hasEnded = true;
  });
  streams.close();
  expect([hasEnded, open.codes]).toEqual([true, [14]]);
  expect(streams.open(late)).toBe(false);
  expect(late.codes).toEqual([14]);
});
