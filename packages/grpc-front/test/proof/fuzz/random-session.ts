import { gzipSync } from "node:zlib";
import type { SeededRandom } from "@ofs/testkit";
import {
  dataFrame,
  FLAG,
  frame,
  grpcMessage,
  headersFrames,
  PREFACE,
  reset,
  settingsFrame,
  TYPE,
  u32,
  windowUpdate,
} from "../support/frames.ts";
import type { HpackWriter } from "../support/hpack.ts";
import { newWriter, noise, randomBlock } from "./random-blocks.ts";

/** What one client says on one connection. */
export interface Session {
  readonly kind: string;
  readonly frames: readonly Buffer[];
}

interface Speaker {
  readonly random: SeededRandom;
  readonly writer: HpackWriter;
  nextId: number;
  /** Streams whose requests have not ended. */
  readonly open: number[];
  /** Share of header blocks that are odd. */
  readonly oddShare: number;
}

type MakeFrame = (speaker: Speaker) => Buffer;

const GZIPPED = gzipSync(Buffer.alloc(2_000, "z"));

function beginCall(speaker: Speaker): Buffer {
  const { random } = speaker;
  const id = speaker.nextId;
  speaker.nextId += 2;
  const isLast = random.next() < 0.1;
  if (!isLast) speaker.open.push(id);
  const block = randomBlock(random, speaker.writer, speaker.oddShare);
  return headersFrames(id, block, {
    isLast,
    cuts: random.next() < 0.2 ? [random.integer(0, 30), random.integer(0, 30)] : [],
    padding: random.next() < 0.1 ? random.integer(0, 255) : undefined,
    hasPriority: random.next() < 0.1,
  });
}

function continueCall(speaker: Speaker): Buffer {
  const { random, open } = speaker;
  const id = open[random.integer(0, open.length - 1)];
  if (id === undefined) return beginCall(speaker);
  const isLast = random.next() < 0.7;
  if (isLast) open.splice(open.indexOf(id), 1);
  const message = grpcMessage(noise(random, random.integer(0, 60)));
  const whole = random.pick([message, grpcMessage(GZIPPED, true), Buffer.alloc(0)]);
  const part = random.next() < 0.8 ? whole : whole.subarray(0, random.integer(0, whole.length));
  return dataFrame(id, part, isLast, random.next() < 0.2 ? random.integer(0, 255) : undefined);
}

function resetCall(speaker: Speaker): Buffer {
  const id = speaker.open.pop();
  return id === undefined ? beginCall(speaker) : reset(id, speaker.random.integer(0, 13));
}

const idOf = ({ random, nextId }: Speaker): number =>
  random.pick([0, 1, 2, nextId - 2, nextId, nextId + 2, nextId + 100, 0x7fffffff, 0x80000001]);

/** Frames as a good client sends them. */
const GOOD: readonly MakeFrame[] = [
  beginCall,
  beginCall,
  beginCall,
  continueCall,
  continueCall,
  continueCall,
  continueCall,
  resetCall,
  ({ random }) => windowUpdate(0, random.integer(1, 70_000)),
  ({ random, open }) => windowUpdate(open[0] ?? 0, random.integer(1, 70_000)),
  ({ random }) => frame(TYPE.ping, 0, 0, noise(random, 8)),
  ({ random }) =>
    settingsFrame([random.pick([1, 3, 4, 6, 9]), random.pick([0, 1, 100, 4_096, 65_535, 100_000])]),
  () => frame(TYPE.settings, FLAG.ack, 0),
  ({ nextId }) => frame(TYPE.priority, 0, nextId, Buffer.concat([u32(0), Buffer.of(1)])),
  ({ random, nextId }) => frame(random.integer(10, 255), 255, nextId, noise(random, 9)),
];

/** Frames that no client may send, and some that it may. */
const BAD: readonly MakeFrame[] = [
  (speaker) =>
    frame(
      speaker.random.integer(0, 12),
      speaker.random.integer(0, 255),
      idOf(speaker),
      noise(speaker.random, speaker.random.pick([0, 1, 4, 5, 6, 8, 9, 40])),
    ),
  (speaker) => dataFrame(idOf(speaker), noise(speaker.random, 20), speaker.random.next() < 0.5),
  (speaker) =>
    frame(
      TYPE.data,
      FLAG.padded,
      speaker.open[0] ?? 1,
      Buffer.of(speaker.random.integer(0, 255), 1),
    ),
  (speaker) => {
    const block = randomBlock(speaker.random, speaker.writer, 0);
    return headersFrames(idOf(speaker), block, { isLast: speaker.random.next() < 0.5 });
  },
  (speaker) => frame(TYPE.continuation, FLAG.endHeaders, idOf(speaker), noise(speaker.random, 5)),
  (speaker) => {
    const block = randomBlock(speaker.random, speaker.writer, 0);
    return frame(TYPE.headers, 0, speaker.nextId, block);
  },
  (speaker) => windowUpdate(idOf(speaker), speaker.random.pick([0, 0x7fffffff, 0xffffffff])),
  ({ random }) =>
    settingsFrame([random.integer(0, 9), random.pick([2, 0x7fffffff, 0x80000000, 0xffffffff])]),
  ({ random }) => frame(TYPE.settings, random.pick([0, 1]), random.pick([0, 1]), noise(random, 7)),
  (speaker) => reset(idOf(speaker), speaker.random.integer(0, 20)),
  ({ random }) => frame(TYPE.ping, random.pick([0, 1]), random.pick([0, 1]), noise(random, 8)),
  ({ random }) => frame(TYPE.goAway, 0, 0, noise(random, random.pick([4, 8, 30]))),
  (speaker) => frame(TYPE.pushPromise, FLAG.endHeaders, idOf(speaker), noise(speaker.random, 10)),
  ({ random, nextId }) =>
    frame(TYPE.data, 0, nextId, noise(random, 10), random.pick([11, 16_385, 0xffffff])),
  ({ random }) => noise(random, random.integer(1, 60)),
];

const MAX_FRAMES = 120;

/** Frames that every server must take. */
export function goodSession(random: SeededRandom): Session {
  return sessionOf(random, 0, 0);
}

/** Mostly good frames with now and then a bad one, so that the connection lives on to states worth attacking. */
export function randomSession(random: SeededRandom): Session {
  return sessionOf(random, random.pick([0.002, 0.01, 0.05]), random.pick([0, 0.01, 0.1]));
}

function sessionOf(random: SeededRandom, badShare: number, oddShare: number): Session {
  const speaker: Speaker = { random, writer: newWriter(), nextId: 1, open: [], oddShare };
  const count = random.integer(1, MAX_FRAMES);
  const frames = [PREFACE, settingsFrame()];
  for (let i = 0; i < count; i++) {
    const kinds = random.next() < badShare ? BAD : GOOD;
    frames.push(random.pick(kinds)(speaker));
  }
  return { kind: `random frames, ${badShare} bad, ${oddShare} odd`, frames };
}

/** The same bytes with a few changed, left out, or said twice. */
export function mutated({ kind, frames }: Session, random: SeededRandom): Session {
  const changed = frames.map((bytes) => {
    if (random.next() > 0.1) return bytes;
    const at = random.integer(0, Math.max(0, bytes.length - 1));
    const copy = Buffer.from(bytes);
    switch (random.integer(0, 3)) {
      case 0:
        copy[at] = (copy[at] ?? 0) ^ (1 << random.integer(0, 7));
        return copy;
      case 1:
        return copy.subarray(0, at);
      case 2:
        return Buffer.concat([copy.subarray(0, at), noise(random, 3), copy.subarray(at)]);
      default:
        return Buffer.concat([copy, copy]);
    }
  });
  return { kind: `${kind}, mutated`, frames: changed };
}
