import type { SeededRandom } from "@ofs/testkit";

/*
 * HTTP/2 by hand: frames and header blocks that no client library would send.
 */

export const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

const DATA = 0;
const HEADERS = 1;
const PRIORITY = 2;
const RST_STREAM = 3;
const SETTINGS = 4;
const PUSH_PROMISE = 5;
const PING = 6;
const GOAWAY = 7;
const WINDOW_UPDATE = 8;
const CONTINUATION = 9;

const END_STREAM = 1;
const END_HEADERS = 4;

export function frameOf(
  type: number,
  flags: number,
  streamId: number,
  payload: Buffer,
  claimedSize = payload.length,
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(claimedSize & 0xffffff, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(streamId >>> 0, 5);
  return Buffer.concat([head, payload]);
}

/** Literals without indexing and without Huffman's code. */
export function headerBlock(headers: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(
    headers.map(([name, value]) =>
      Buffer.concat([Buffer.of(0), hpackText(name), hpackText(value)]),
    ),
  );
}

function hpackText(text: string): Buffer {
  const bytes = Buffer.from(text, "latin1");
  return Buffer.concat([hpackInteger(bytes.length, 7), bytes]);
}

function hpackInteger(value: number, prefixBits: number): Buffer {
  const max = 2 ** prefixBits - 1;
  if (value < max) return Buffer.of(value);
  const bytes = [max];
  for (let rest = value - max; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}

/** What is common to the conversations: a call's headers, and its one DATA frame. */
export interface SampleCall {
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

function call(sample: SampleCall, streamId: number): Buffer {
  return Buffer.concat([
    frameOf(HEADERS, END_HEADERS, streamId, headerBlock(sample.headers)),
    frameOf(DATA, END_STREAM, streamId, sample.body),
  ]);
}

const NO_SETTINGS = frameOf(SETTINGS, 0, 0, Buffer.alloc(0));

function opening(...frames: readonly Buffer[]): Buffer {
  return Buffer.concat([PREFACE, NO_SETTINGS, ...frames]);
}

function repeat(count: number, make: (index: number) => Buffer): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, index) => make(index)));
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

function setting(id: number, value: number): Buffer {
  return Buffer.concat([Buffer.of(id >> 8, id & 255), u32(value)]);
}

/** Any bytes. */
export function noise(random: SeededRandom, size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, () => random.integer(0, 255)));
}

export interface Conversation {
  readonly kind: string;
  /** Long, or much work for the server. */
  readonly isFlood?: boolean;
  make(random: SeededRandom, sample: SampleCall): Buffer;
}

/** Each is an attack of its own; floods are long enough to meet the limits there are. */
export const HTTP2_CONVERSATIONS: readonly Conversation[] = [
  { kind: "two good calls", make: (_, s) => opening(call(s, 1), call(s, 3)) },
  { kind: "preface only", make: () => PREFACE },
  { kind: "cut preface", make: (r) => PREFACE.subarray(0, r.integer(1, 23)) },
  { kind: "PRI, then noise", make: (r) => Buffer.concat([Buffer.from("PRI"), noise(r, 40)]) },
  { kind: "noise after the preface", make: (r) => opening(noise(r, 200)) },
  {
    kind: "SETTINGS flood",
    isFlood: true,
    make: () => opening(repeat(1_100, () => NO_SETTINGS)),
  },
  {
    kind: "odd settings",
    make: (r, s) =>
      opening(
        frameOf(
          SETTINGS,
          0,
          0,
          setting(r.integer(0, 9), r.pick([0, 1, 0x7fffffff, 0xffffffff, 16_384])),
        ),
        call(s, 1),
      ),
  },
  {
    kind: "SETTINGS of another size",
    make: (r, s) =>
      opening(frameOf(SETTINGS, r.pick([0, 1]), 0, noise(r, r.integer(1, 11))), call(s, 1)),
  },
  {
    kind: "window shrunk to nothing",
    make: (_, s) => opening(frameOf(SETTINGS, 0, 0, setting(4, 0)), call(s, 1), call(s, 3)),
  },
  {
    kind: "PING flood",
    isFlood: true,
    make: () => opening(repeat(1_100, (i) => frameOf(PING, 0, 0, u64(i)))),
  },
  {
    kind: "unasked PING answers",
    isFlood: true,
    make: () => opening(repeat(500, (i) => frameOf(PING, 1, 0, u64(i)))),
  },
  {
    kind: "empty DATA flood",
    isFlood: true,
    make: (_, s) =>
      opening(
        frameOf(HEADERS, END_HEADERS, 1, headerBlock(s.headers)),
        repeat(1_100, () => frameOf(DATA, 0, 1, Buffer.alloc(0))),
      ),
  },
  {
    kind: "CONTINUATION flood",
    isFlood: true,
    make: (_, s) =>
      opening(
        frameOf(HEADERS, 0, 1, headerBlock(s.headers)),
        repeat(500, (i) => frameOf(CONTINUATION, 0, 1, headerBlock([[`x-${i}`, "y".repeat(200)]]))),
      ),
  },
  {
    kind: "empty CONTINUATION flood",
    isFlood: true,
    make: (_, s) =>
      opening(
        frameOf(HEADERS, 0, 1, headerBlock(s.headers)),
        repeat(500, () => frameOf(CONTINUATION, 0, 1, Buffer.alloc(0))),
      ),
  },
  {
    kind: "HEADERS cut by another frame",
    make: (_, s) =>
      opening(frameOf(HEADERS, 0, 1, headerBlock(s.headers)), frameOf(PING, 0, 0, u64(1))),
  },
  {
    kind: "HPACK noise",
    make: (r) =>
      opening(frameOf(HEADERS, END_HEADERS | END_STREAM, 1, noise(r, r.integer(1, 300)))),
  },
  {
    kind: "HPACK index beyond the table",
    make: (r) => opening(frameOf(HEADERS, END_HEADERS, 1, Buffer.of(0xff, r.integer(0, 127)))),
  },
  {
    kind: "HPACK table resized",
    make: (r) =>
      opening(frameOf(HEADERS, END_HEADERS, 1, Buffer.concat([Buffer.of(0x3f), noise(r, 6)]))),
  },
  {
    kind: "HPACK references that multiply",
    isFlood: true,
    make: (_, s) =>
      opening(
        frameOf(
          HEADERS,
          END_HEADERS,
          1,
          Buffer.concat([
            headerBlock(s.headers),
            Buffer.of(0x40),
            hpackText("x"),
            hpackText("y".repeat(3_000)),
            Buffer.alloc(10_000, 0xbe),
          ]),
        ),
      ),
  },
  {
    kind: "long Huffman text",
    isFlood: true,
    make: (_, s) => {
      const text = Buffer.alloc(60_000, 0x1f);
      const block = Buffer.concat([
        headerBlock(s.headers),
        Buffer.of(0),
        hpackText("x"),
        huffmanHead(text),
      ]);
      return opening(...inFrames(Buffer.concat([block, text])));
    },
  },
  {
    kind: "rapid reset",
    isFlood: true,
    make: (_, s) =>
      opening(
        repeat(1_100, (i) =>
          Buffer.concat([call(s, i * 2 + 1), frameOf(RST_STREAM, 0, i * 2 + 1, u32(8))]),
        ),
      ),
  },
  {
    kind: "resets of streams that are not",
    make: (r) => opening(frameOf(RST_STREAM, 0, r.pick([0, 2, 99]), u32(r.integer(0, 20)))),
  },
  {
    kind: "WINDOW_UPDATE overflow",
    make: (r, s) =>
      opening(
        call(s, 1),
        repeat(3, () => frameOf(WINDOW_UPDATE, 0, r.pick([0, 1]), u32(0x7fffffff))),
      ),
  },
  {
    kind: "WINDOW_UPDATE of nothing",
    make: (r, s) => opening(call(s, 1), frameOf(WINDOW_UPDATE, 0, r.pick([0, 1, 5]), u32(0))),
  },
  {
    kind: "priority loops",
    isFlood: true,
    make: (_, s) =>
      opening(
        repeat(1_000, (i) =>
          frameOf(PRIORITY, 0, i * 2 + 1, Buffer.concat([u32(i * 2 + 1), Buffer.of(255)])),
        ),
        call(s, 2_001),
      ),
  },
  { kind: "even stream", make: (_, s) => opening(call(s, 2)) },
  { kind: "stream 0", make: (_, s) => opening(call(s, 0)) },
  { kind: "streams backwards", make: (_, s) => opening(call(s, 5), call(s, 3)) },
  { kind: "DATA before HEADERS", make: (_, s) => opening(frameOf(DATA, 1, 1, s.body)) },
  { kind: "HEADERS twice", make: (_, s) => opening(call(s, 1), call(s, 1)) },
  {
    kind: "trailers with pseudo headers",
    make: (_, s) =>
      opening(
        frameOf(HEADERS, END_HEADERS, 1, headerBlock(s.headers)),
        frameOf(HEADERS, END_HEADERS | END_STREAM, 1, headerBlock([[":path", "/x"]])),
      ),
  },
  {
    kind: "padding beyond the frame",
    make: (_, s) =>
      opening(
        frameOf(
          HEADERS,
          END_HEADERS | 8,
          1,
          Buffer.concat([Buffer.of(255), headerBlock(s.headers)]),
        ),
      ),
  },
  {
    kind: "push promise",
    make: (_, s) =>
      opening(frameOf(PUSH_PROMISE, 4, 1, Buffer.concat([u32(2), headerBlock(s.headers)]))),
  },
  {
    kind: "goaway, then a call",
    make: (_, s) => opening(frameOf(GOAWAY, 0, 0, Buffer.concat([u32(0), u32(0)])), call(s, 1)),
  },
  {
    kind: "frame longer than allowed",
    make: (r) => opening(frameOf(r.integer(0, 9), 0, 1, Buffer.alloc(20_000))),
  },
  {
    kind: "frame that says it is longer",
    make: (_, s) => opening(frameOf(DATA, 0, 1, s.body, 0xffffff)),
  },
  {
    kind: "unknown frames",
    make: (r, s) =>
      opening(
        repeat(200, () => frameOf(r.integer(10, 255), 255, 1, noise(r, 9))),
        call(s, 1),
      ),
  },
  {
    kind: "odd header names",
    make: (r, s) =>
      opening(
        frameOf(
          HEADERS,
          END_HEADERS | END_STREAM,
          1,
          headerBlock([...s.headers, r.pick(ODD_HEADERS)]),
        ),
      ),
  },
  {
    kind: "a header left out",
    make: (r, s) => {
      const headers = s.headers.filter((_, i) => i !== r.integer(0, s.headers.length - 1));
      return opening(call({ ...s, headers }, 1));
    },
  },
  {
    kind: "more streams than allowed",
    isFlood: true,
    make: (_, s) =>
      opening(
        repeat(1_200, (i) => frameOf(HEADERS, END_HEADERS, i * 2 + 1, headerBlock(s.headers))),
      ),
  },
];

const ODD_HEADERS: readonly (readonly [string, string])[] = [
  ["", "empty name"],
  ["UPPER", "case"],
  ["connection", "close"],
  ["transfer-encoding", "chunked"],
  ["content-length", "-1"],
  ["content-length", "99999999999999999999"],
  ["host", "a, b"],
  [":unknown", "pseudo"],
  [":path", "/twice"],
  [":status", "200"],
  ["x", "a\r\nb: c"],
  ["x", "\0"],
  ["x\u00ff", "y"],
  ["__proto__", "z"],
  ["grpc-timeout", "1u\0"],
  ["cookie", "a=b; ".repeat(3_000)],
];

function u64(value: number): Buffer {
  return Buffer.concat([u32(0), u32(value)]);
}

function huffmanHead(text: Buffer): Buffer {
  const head = hpackInteger(text.length, 7);
  head[0] = (head[0] as number) | 0x80;
  return head;
}

/** One header block over as many frames as it needs. */
function inFrames(block: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at < block.length; at += 16_000) {
    const isLast = at + 16_000 >= block.length;
    const type = at === 0 ? HEADERS : CONTINUATION;
    frames.push(frameOf(type, isLast ? END_HEADERS : 0, 1, block.subarray(at, at + 16_000)));
  }
  return frames;
}
