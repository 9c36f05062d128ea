import { describe, expect, test } from "vitest";
import { HeaderField } from "../../src/hpack/header-field.ts";
import { EndedStreams } from "../../src/http2/ended-streams.ts";
import { FrameBudget } from "../../src/http2/frame-budget.ts";
import { HeaderBlock } from "../../src/http2/header-block.ts";
import { Outgoing } from "../../src/http2/outgoing.ts";
import { Output } from "../../src/http2/output.ts";
import { encodeSettings, PeerSettings } from "../../src/http2/peer-settings.ts";
import { areTrailers, RequestHead } from "../../src/http2/request-head.ts";

describe("FrameBudget", () => {
  test("gives a burst, then so many a second", () => {
    const budget = new FrameBudget(3, 10, 0);
    const takes = (nowMs: number) => budget.take(nowMs);
    expect([0, 0, 0, 0].map(takes)).toEqual([true, true, true, false]);
    expect([50, 100, 150, 199, 201].map(takes)).toEqual([false, true, false, false, true]);
    expect([9_000, 9_000, 9_000, 9_000].map(takes)).toEqual([true, true, true, false]);
  });

  test("what is earned is kept up to the burst", () => {
    const budget = new FrameBudget(2, 0, 0);
    budget.add(10);
    expect([0, 0, 0].map((nowMs) => budget.take(nowMs))).toEqual([true, true, false]);
    budget.add(1);
    expect([0, 0].map((nowMs) => budget.take(nowMs))).toEqual([true, false]);
  });
});

describe("EndedStreams", () => {
  test("forgets the oldest, and takes nothing below for a mistake", () => {
    const ended = new EndedStreams();
    for (let id = 101; id < 101 + 2 * 4_097; id += 2) ended.add(id);
    expect([ended.has(1), ended.has(101), ended.has(103), ended.has(9_999_999)]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    ended.delete(8_001);
    expect(ended.has(8_001)).toBe(false);
  });
});

describe("HeaderBlock", () => {
  test("puts parts together", () => {
    const block = new HeaderBlock(10, 2);
    block.open(5, true, Buffer.from("ab"));
    block.continue(Buffer.from("c"));
    expect([block.streamId, block.isEnd, block.take().toString(), block.streamId]).toEqual([
      5,
      true,
      "abc",
      0,
    ]);
  });

  test("is bounded in bytes and parts", () => {
    const block = new HeaderBlock(10, 2);
    expect(() => block.open(1, false, Buffer.alloc(11))).toThrow(/larger than 10 bytes/);
    const parts = new HeaderBlock(10, 2);
    parts.open(1, false, Buffer.alloc(0));
    parts.continue(Buffer.alloc(0));
    parts.continue(Buffer.alloc(0));
    expect(() => parts.continue(Buffer.alloc(0))).toThrow(/more than 2 CONTINUATION/);
  });
});

describe("Outgoing", () => {
  test("hands out parts in pieces", () => {
    const outgoing = new Outgoing();
    outgoing.add(Buffer.from("abc"));
    outgoing.add(Buffer.alloc(0));
    outgoing.add(Buffer.from("de"));
    const pieces: string[] = [];
    while (outgoing.leftBytes > 0) {
      outgoing.next(2, (part, start, end) => {
        pieces.push(Buffer.from(part.subarray(start, end)).toString());
      });
    }
    expect(pieces).toEqual(["ab", "c", "de"]);
    outgoing.add(Buffer.from("f"));
    expect(outgoing.next(9, (part) => expect(part).toHaveLength(1))).toBe(1);
  });
});

describe("PeerSettings", () => {
  test("takes what concerns us, and ignores what is unknown", () => {
    const peer = new PeerSettings();
    const bytes = encodeSettings([
      [1, 0],
      [2, 0],
      [4, 70_000],
      [5, 16_384],
      [6, 8_192],
      [0xff, 1],
    ]);
    peer.apply(bytes, 0, bytes.length);
    expect([peer.initialWindowBytes, peer.maxHeaderListBytes]).toEqual([70_000, 8_192]);
  });

  test.each([
    ["ENABLE_PUSH of 2", [2, 2], 1],
    ["INITIAL_WINDOW_SIZE of 2147483648", [4, 0x8000_0000], 3],
    ["MAX_FRAME_SIZE of 16383", [5, 16_383], 1],
    ["MAX_FRAME_SIZE of 16777216", [5, 16_777_216], 1],
  ] as const)("refuses %s", (text, setting, code) => {
    const bytes = encodeSettings([setting]);
    const apply = () => new PeerSettings().apply(bytes, 0, bytes.length);
    expect(apply).toThrow(expect.objectContaining({ code, message: text }));
  });

  test.each([5, 6 * 65])("refuses a payload of %i bytes", (size) => {
    const apply = () => new PeerSettings().apply(Buffer.alloc(size), 0, size);
    expect(apply).toThrow(expect.objectContaining({ code: 6 }));
  });
});

describe("RequestHead", () => {
  const pairs = (text: string) =>
    text.split("; ").map((pair) => {
      const at = pair.indexOf("=");
      return new HeaderField(pair.slice(0, at), pair.slice(at + 1));
    });
  const GOOD = ":method=POST; :scheme=http; :path=/a";

  test.each([
    [true, GOOD],
    [true, `${GOOD}; :authority=x; te=trailers; content-length=5; content-length=5; x-y=\u00ff`],
    [false, ":method=POST; :scheme=http"],
    [false, ":method=POST; :path=/a"],
    [false, ":scheme=http; :path=/a"],
    [false, ":method=POST; :scheme=http; :path="],
    [false, `${GOOD}; :path=/b`],
    [false, `${GOOD}; :authority=a; :authority=b`],
    [false, `x=y; ${GOOD}`],
    [false, `${GOOD}; :status=200`],
    [false, `${GOOD}; X=y`],
    [false, `${GOOD}; a b=y`],
    [false, `${GOOD}; =y`],
    [false, `${GOOD}; x=a\nb`],
    [false, `${GOOD}; x=a\0`],
    [false, `${GOOD}; connection=close`],
    [false, `${GOOD}; transfer-encoding=chunked`],
    [false, `${GOOD}; te=gzip`],
    [false, `${GOOD}; content-length=-1`],
    [false, `${GOOD}; content-length=5; content-length=6`],
  ])("%s for %j", (isProper, text) => {
    expect(new RequestHead().read(pairs(text))).toBe(isProper);
  });

  test("of headers that come twice the first counts, and nothing is left of the request before", () => {
    const head = new RequestHead();
    head.read(
      pairs(`${GOOD}; grpc-timeout=1S; grpc-timeout=2S; grpc-encoding=gzip; content-type=a`),
    );
    expect([head.timeout, head.encoding, head.contentType]).toEqual(["1S", "gzip", "a"]);
    head.read(pairs(GOOD));
    expect([head.timeout, head.encoding, head.contentType, head.contentLength]).toEqual([
      undefined,
      undefined,
      undefined,
      -1,
    ]);
  });

  test.each([
    [true, "x=y; grpc-timeout=1S"],
    [false, ":path=/"],
    [false, ":odd=/"],
    [false, "X=y"],
  ])("%s: trailers may be %j", (isProper, text) => {
    expect(areTrailers(pairs(text))).toBe(isProper);
  });
});

describe("Output", () => {
  test("sends what one target has gathered in one write, and the outer one's first", () => {
    const output = new Output();
    const sent: string[] = [];
    const target = (name: string) => ({
      write: (bytes: Buffer) => sent.push(`${name} ${bytes.toString("hex")}`) > 0,
    });
    const nothing = output.begin(target("a"));
    output.frame(6, 1, 0, Buffer.from("01", "hex"));
    output.numberFrame(3, 1, 8);
    const outer = output.begin(target("b"));
    output.data(3, true, Buffer.from("abcdef", "hex"), 1, 2);
    output.end(outer);
    output.madeFrame(Buffer.from("000000010500000000", "hex"), 7);
    output.end(nothing);
    expect(sent).toEqual([
      "a 0000010601000000000100000403000000000100000008",
      "b 000001000100000003cd",
      "a 000000010500000007",
    ]);
  });

  test("memory that a target keeps is not written to again", () => {
    const output = new Output();
    const kept: Buffer[] = [];
    const target = { write: (bytes: Buffer) => kept.push(bytes) < 0 };
    for (const byte of [1, 2]) {
      const outer = output.begin(target);
      output.frame(0, 0, byte, Buffer.of(byte));
      output.end(outer);
    }
    expect(kept.map((bytes) => bytes.at(-1))).toEqual([1, 2]);
  });

  test("more than it holds goes in several writes", () => {
    const output = new Output();
    let sentBytes = 0;
    const outer = output.begin({
      write: (bytes) => {
        sentBytes += bytes.length;
        return true;
      },
    });
    const part = Buffer.alloc(16_384);
    for (let count = 0; count < 20; count += 1) output.data(1, false, part, 0, part.length);
    expect(sentBytes).toBeGreaterThan(0);
    output.end(outer);
    expect(sentBytes).toBe(20 * (16_384 + 9));
  });
});
