import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { ConnectionError } from "../../src/http2/connection-error.ts";
import { PREFACE } from "../../src/http2/constants.ts";
import { FrameReader } from "../../src/http2/frame-reader.ts";
import { frame } from "../support/frames.ts";

const { OFS_PROPERTY_RUNS = "200" } = process.env;
const RUNS = Number(OFS_PROPERTY_RUNS);

let seen: (readonly [type: number, flags: number, id: number, payload: string])[];
let reader: FrameReader;

const sink = {
  onFrame(type: number, flags: number, id: number, bytes: Buffer, start: number, end: number) {
    seen.push([type, flags, id, bytes.toString("hex", start, end)]);
  },
};

beforeEach(() => {
  seen = [];
  reader = new FrameReader();
});

test("frames in any pieces are the same frames", () => {
  const someFrame = fc.tuple(
    fc.nat({ max: 255 }),
    fc.nat({ max: 255 }),
    fc.nat({ max: 0x7fff_ffff }),
    fc.uint8Array({ maxLength: 40 }),
  );
  const pieces = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(fc.array(someFrame, { maxLength: 8 }), pieces, (frames, sizes) => {
      seen = [];
      const fresh = new FrameReader();
      const bytes = Buffer.concat([PREFACE, ...frames.map((parts) => frame(...parts))]);
      for (let at = 0, piece = 0; at < bytes.length; piece += 1) {
        const size = sizes[piece % sizes.length] as number;
        fresh.read(Buffer.from(bytes.subarray(at, at + size)), sink);
        at += size;
      }
      const expected = frames.map(([type, flags, id, payload]) => {
        return [type, flags, id, Buffer.from(payload).toString("hex")];
      });
      expect(seen).toEqual(expected);
      expect(fresh.heldBytes).toBe(0);
    }),
    { numRuns: RUNS },
  );
});

test("the highest bit of a stream's number is not part of it", () => {
  reader.read(Buffer.concat([PREFACE, frame(0, 0, 0x8000_0005)]), sink);
  expect(seen).toEqual([[0, 0, 5, ""]]);
});

test("another beginning than the preface is refused at its first byte", () => {
  reader.read(PREFACE.subarray(0, 10), sink);
  expect(reader.hasPreface).toBe(false);
  expect(() => reader.read(Buffer.from("X"), sink)).toThrow(ConnectionError);
});

test("a frame beyond 16 KiB is refused when its head is there, whole or in pieces", () => {
  const head = Buffer.from([0, 0x40, 1, 0, 0, 0, 0, 0, 1]);
  const text = /16385 bytes is larger than 16384/;
  expect(() => new FrameReader().read(Buffer.concat([PREFACE, head]), sink)).toThrow(text);
  reader.read(PREFACE, sink);
  reader.read(head.subarray(0, 4), sink);
  expect(() => reader.read(head.subarray(4), sink)).toThrow(text);
  expect(reader.heldBytes).toBe(9);
});
