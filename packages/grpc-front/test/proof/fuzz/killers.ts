import type { SeededRandom } from "@ofs/testkit";
import {
  dataFrame,
  ERROR,
  FLAG,
  frame,
  grpcMessage,
  headersFrames,
  MAX_WINDOW_BYTES,
  PREFACE,
  reset,
  SETTING,
  settingsFrame,
  TYPE,
  u32,
  windowUpdate,
} from "../support/frames.ts";
import { type Header, HpackWriter, hpackInteger, hpackText } from "../support/hpack.ts";
import { SERVICE } from "../support/proof-routes.ts";
import { noise } from "./random-blocks.ts";
import type { Session } from "./random-session.ts";

type MakeFrames = (random: SeededRandom) => Buffer[];

function block(method = "Echo", ...more: readonly Header[]): Buffer {
  const headers: Header[] = [
    [":method", "POST"],
    [":scheme", "http"],
    [":path", `${SERVICE}/${method}`],
    [":authority", "killer"],
    ["content-type", "application/grpc"],
    ["te", "trailers"],
    ...more,
  ];
  return new HpackWriter().block(headers);
}

const OPEN = { isLast: false };
const BODY = grpcMessage(Buffer.from("hello"));
const NO_BYTES = Buffer.alloc(0);

function begin(id: number, method = "Echo"): Buffer {
  return headersFrames(id, block(method), OPEN);
}

function call(id: number, method = "Echo"): Buffer[] {
  return [begin(id, method), dataFrame(id, BODY, true)];
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** A header block whose text is `size` bytes in Huffman's code, over CONTINUATION. */
function longHuffman(size: number, byte: number): Buffer[] {
  const text = Buffer.alloc(size, byte);
  const head = Buffer.concat([Buffer.of(0), hpackText("x"), hpackInteger(size, 7, 0x80)]);
  return [headersFrames(1, Buffer.concat([block(), head, text]), OPEN)];
}

/** Attacks that have stopped HTTP/2 servers, this one's prototype among them. */
export const KILLERS: Readonly<Record<string, MakeFrames>> = {
  "Huffman text over CONTINUATION": (random) =>
    longHuffman(60_000, random.pick([0x1f, 0, 0xff, 0x29])),
  "Huffman text in one frame": () => longHuffman(15_000, 0),
  "HPACK reference bomb": (random) => {
    const kept = Buffer.concat([Buffer.of(0x40), hpackText("x"), hpackText("y".repeat(4_000))]);
    const references = Buffer.alloc(random.pick([1_000, 14_000]), 0xbe);
    return times(5, (i) =>
      headersFrames(i * 2 + 1, Buffer.concat([block(), kept, references]), OPEN),
    );
  },
  "HPACK references to short headers": () => [
    headersFrames(1, Buffer.concat([block(), Buffer.alloc(14_000, 0x82)]), OPEN),
  ],
  "HPACK table size games": (random) =>
    times(200, (i) => {
      const size = () => hpackInteger(random.pick([0, 1, 4_096, 100]), 5, 0x20);
      const kept = Buffer.concat([Buffer.of(0x40), hpackText(`k${i}`), hpackText("v".repeat(99))]);
      return headersFrames(i * 2 + 1, Buffer.concat([size(), size(), block(), kept]), {
        isLast: true,
      });
    }),
  "HPACK table larger than allowed": () => [
    headersFrames(1, Buffer.concat([hpackInteger(1 << 20, 5, 0x20), block()]), OPEN),
  ],
  "CONTINUATION without end": () => [
    frame(TYPE.headers, 0, 1, block()),
    ...times(600, () => frame(TYPE.continuation, 0, 1, block("Echo", ["x", "y".repeat(500)]))),
  ],
  "empty CONTINUATION without end": () => [
    frame(TYPE.headers, 0, 1, block()),
    ...times(2_000, () => frame(TYPE.continuation, 0, 1)),
  ],
  "zero windows": () => [
    settingsFrame([SETTING.initialWindowSize, 0]),
    ...times(90, (i) => call(i * 2 + 1)).flat(),
  ],
  "window of one byte": () => [
    settingsFrame([SETTING.initialWindowSize, 1]),
    ...call(1),
    ...times(2_000, () => windowUpdate(1, 1)),
  ],
  "window back and forth": (random) => [
    ...call(1, "Later"),
    ...times(400, () =>
      settingsFrame([SETTING.initialWindowSize, random.pick([0, 1, MAX_WINDOW_BYTES])]),
    ),
  ],
  "window overflow": () => [
    ...call(1, "Hang"),
    windowUpdate(1, MAX_WINDOW_BYTES),
    windowUpdate(1, 9),
  ],
  "window overflow of the connection": () => [
    windowUpdate(0, MAX_WINDOW_BYTES),
    windowUpdate(0, MAX_WINDOW_BYTES),
  ],
  "window overflow by settings": () => [
    ...call(1, "Hang"),
    windowUpdate(1, MAX_WINDOW_BYTES - 65_535),
    settingsFrame([SETTING.initialWindowSize, 70_000]),
  ],
  "rapid reset": () =>
    times(2_000, (i) => [...call(i * 2 + 1, "Later"), reset(i * 2 + 1, ERROR.cancel)]).flat(),
  "rapid reset before the body": () =>
    times(2_000, (i) => [begin(i * 2 + 1), reset(i * 2 + 1, ERROR.cancel)]).flat(),
  "DATA after a reset": () => [
    begin(1, "Hang"),
    reset(1, ERROR.cancel),
    ...times(3_000, () => dataFrame(1, Buffer.of(0), false)),
  ],
  "resets that the server must make": () =>
    times(2_000, (i) => [begin(i * 2 + 1, "Hang"), windowUpdate(i * 2 + 1, 0)]).flat(),
  "SETTINGS flood": () => times(5_000, () => settingsFrame()),
  "SETTINGS of many entries": () => [
    ...times(50, () =>
      settingsFrame(...times(2_000, (i) => [i % 2 === 0 ? 4 : 9, i % 7] as const)),
    ),
  ],
  "PING flood": (random) => times(5_000, () => frame(TYPE.ping, 0, 0, noise(random, 8))),
  "PRIORITY flood": () =>
    times(5_000, (i) => frame(TYPE.priority, 0, i * 2 + 1, Buffer.concat([u32(0), Buffer.of(1)]))),
  "WINDOW_UPDATE flood": () => times(10_000, () => windowUpdate(0, 1)),
  "empty DATA flood": () => [begin(1), ...times(5_000, () => dataFrame(1, NO_BYTES, false))],
  "padding flood": () => [begin(1), ...times(150, () => dataFrame(1, NO_BYTES, false, 255))],
  "DATA of one byte": () => [begin(1), ...times(3_000, () => dataFrame(1, Buffer.of(0), false))],
  "headers after the end": () => [...call(1), headersFrames(1, block(), { isLast: true })],
  "trailers without an end": () => [begin(1), headersFrames(1, block(), OPEN)],
  "DATA after the end": () => [...call(1), dataFrame(1, BODY, true)],
  "DATA on an idle stream": () => [dataFrame(7, BODY, true)],
  "DATA on a stream of the server": () => [dataFrame(2, BODY, true)],
  "frame longer than allowed": () => [frame(TYPE.data, 0, 1, Buffer.alloc(16_385))],
  "headers longer than allowed": () => [
    frame(TYPE.headers, FLAG.endHeaders, 1, Buffer.alloc(60_000, 0x82)),
  ],
  "more DATA than the window": () => [
    begin(1, "Hang"),
    ...times(700, () => dataFrame(1, Buffer.alloc(16_000), false)),
  ],
  "more streams than allowed": () => times(3_000, (i) => begin(i * 2 + 1, "Hang")),
  "streams that begin and wait": () => times(90, (i) => begin(i * 2 + 1)),
  "message that is never whole": () => [
    begin(1),
    dataFrame(1, Buffer.from([0, 0, 0x3f, 255, 255]), false),
    ...times(50, () => dataFrame(1, Buffer.alloc(1_000), false)),
  ],
  "stream ids that run out": () => [...call(0x7ffffffd), ...call(0x7fffffff), ...call(1)],
  "large answers, none read": () => [
    settingsFrame([SETTING.initialWindowSize, MAX_WINDOW_BYTES]),
    windowUpdate(0, MAX_WINDOW_BYTES - 65_535),
    ...times(20, (i) => [
      begin(i * 2 + 1, "Sized"),
      dataFrame(i * 2 + 1, grpcMessage(Buffer.from("4000000")), true),
    ]).flat(),
  ],
  "GOAWAY, then calls": () => [frame(TYPE.goAway, 0, 0, Buffer.alloc(8)), ...call(1)],
};

/** Those that nothing but a budget ends: the connection must end with ENHANCE_YOUR_CALM. */
export const FLOODS: readonly string[] = [
  "CONTINUATION without end",
  "empty CONTINUATION without end",
  "rapid reset",
  "rapid reset before the body",
  "DATA after a reset",
  "resets that the server must make",
  "SETTINGS flood",
  "PING flood",
  "PRIORITY flood",
  "WINDOW_UPDATE flood",
  "empty DATA flood",
  "more streams than allowed",
];

/** @param kind one of `KILLERS` */
export function killerSession(kind: string, random: SeededRandom): Session {
  const make = KILLERS[kind];
  if (make === undefined) throw new Error(`no such killer: ${kind}`);
  return { kind, frames: [PREFACE, settingsFrame(), ...make(random)] };
}
