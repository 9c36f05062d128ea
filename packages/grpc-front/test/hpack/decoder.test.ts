import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { HpackDecoder, HpackError } from "../../src/hpack/decoder.ts";
import { type BlockField, block, integer, text } from "../support/frames.ts";

const { OFS_PROPERTY_RUNS = "200" } = process.env;
const RUNS = Number(OFS_PROPERTY_RUNS);
const LIMITS = { maxListBytes: 10_000, maxCount: 50, maxBlockBytes: 20_000 };
const SCRATCH = HpackDecoder.scratchFor(LIMITS.maxBlockBytes);

let decoder: HpackDecoder;

beforeEach(() => {
  decoder = new HpackDecoder(LIMITS, SCRATCH);
});

function decode(bytes: Uint8Array, from = decoder): string[] | undefined {
  const inside = Buffer.concat([Buffer.of(0xff, 0xff), bytes, Buffer.of(0xff)]);
  const fields = from.decode(inside, 2, 2 + bytes.length);
  return fields?.map(({ name, value }) => `${name}: ${value}`);
}

const hex = (bytes: string): Buffer => Buffer.from(bytes.replaceAll(" ", ""), "hex");

describe("RFC 7541, appendix C", () => {
  test.each([
    [
      "C.2.1",
      "400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572",
      "custom-key: custom-header",
      55,
    ],
    ["C.2.2", "040c 2f73 616d 706c 652f 7061 7468", ":path: /sample/path", 0],
    ["C.2.3", "1008 7061 7373 776f 7264 0673 6563 7265 74", "password: secret", 0],
    ["C.2.4", "82", ":method: GET", 0],
  ])("%s", (_, bytes, field, tableBytes) => {
    expect(decode(hex(bytes))).toEqual([field]);
    expect(decoder.tableBytes).toBe(tableBytes);
  });

  const FIRST = [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"];
  const THIRD = [
    ":method: GET",
    ":scheme: https",
    ":path: /index.html",
    ":authority: www.example.com",
    "custom-key: custom-value",
  ];

  test.each([
    [
      "C.3, without Huffman",
      [
        "828684410f7777772e6578616d706c652e636f6d",
        "828684be58086e6f2d6361636865",
        "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
      ],
    ],
    [
      "C.4, with Huffman",
      [
        "828684418cf1e3c2e5f23a6ba0ab90f4ff",
        "828684be5886a8eb10649cbf",
        "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
      ],
    ],
  ])("%s", (_, [first = "", second = "", third = ""]) => {
    expect(decode(hex(first))).toEqual(FIRST);
    expect(decoder.tableBytes).toBe(57);
    expect(decode(hex(second))).toEqual([...FIRST, "cache-control: no-cache"]);
    expect(decoder.tableBytes).toBe(110);
    expect(decode(hex(third))).toEqual(THIRD);
    expect(decoder.tableBytes).toBe(164);
  });

  test("C.6, with evictions from a table of 256 bytes", () => {
    const toSize256 = "3fe101";
    const first =
      "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3";
    const date = "date: Mon, 21 Oct 2013 20:13:21 GMT";
    const rest = ["cache-control: private", date, "location: https://www.example.com"];
    expect(decode(hex(toSize256 + first))).toEqual([":status: 302", ...rest]);
    expect(decoder.tableBytes).toBe(222);
    expect(decode(hex("4883640effc1c0bf"))).toEqual([":status: 307", ...rest]);
    expect(decoder.tableBytes).toBe(222);
  });
});

describe("malformed", () => {
  test.each([
    ["index 0", "80", /index 0/],
    ["an index beyond the table", "be", /index 62/],
    ["a name's index beyond the table", "7f00 0161", /index 63/],
    ["a number that does not end", "ff", /ends within a number/],
    ["a number that is too large", "ffffffffffffffff7f", /too large/],
    ["a text that does not begin", "40", /ends before a text/],
    ["a text longer than the block", "000561", /beyond the block/],
    ["a text that is no Huffman code", "0081ff0161", /not properly coded/],
    ["a table larger than allowed", "3fe21f", /4097 bytes/],
    ["a change of size after a header", "8220", /after a header/],
    ["three changes of size", "202020", /more than twice/],
  ])("%s", (_, bytes, message) => {
    expect(() => decode(hex(bytes))).toThrow(HpackError);
    expect(() => decode(hex(bytes), new HpackDecoder(LIMITS, SCRATCH))).toThrow(message);
  });

  test("a block larger than its limit", () => {
    expect(() => decode(Buffer.alloc(LIMITS.maxBlockBytes + 1, 0x82))).toThrow(/20001 bytes/);
  });

  test("any bytes decode or throw HpackError", () => {
    const blocks = fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 4 });
    fc.assert(
      fc.property(blocks, (parts) => {
        const fresh = new HpackDecoder(LIMITS, SCRATCH);
        try {
          for (const part of parts) decode(part, fresh);
        } catch (error) {
          expect(error).toBeInstanceOf(HpackError);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

describe("limits", () => {
  test("a Huffman text as long as a block allows stays within the memory for it", () => {
    const limits = { ...LIMITS, maxBlockBytes: 70_000 };
    const large = new HpackDecoder(limits, HpackDecoder.scratchFor(70_000));
    const bytes = Buffer.concat([Buffer.of(0), text("x"), text("0".repeat(90_000), true)]);
    expect(decode(bytes, large)).toBeUndefined();
  });

  test("references that multiply are counted by what they refer to", () => {
    const bomb = Buffer.concat([
      block([{ name: "x", value: "y".repeat(3_000), isIndexed: true }]),
      Buffer.alloc(10_000, 0xbe),
    ]);
    expect(decode(bomb)).toBeUndefined();
    expect(decode(hex("be"))).toEqual([`x: ${"y".repeat(3_000)}`]);
  });

  test("more headers than allowed are dropped, but the table knows them", () => {
    const many = Array.from({ length: 51 }, (_, i) => ({
      name: `x${i}`,
      value: "",
      isIndexed: true,
    }));
    expect(decode(block(many))).toBeUndefined();
    expect(decode(hex("be"))).toEqual(["x50: "]);
    expect(decode(block(many.slice(1)))).toHaveLength(50);
  });
});

test("what an encoder does with its table, the decoder follows", () => {
  const word = fc.stringMatching(/^[a-z-]{1,12}$/);
  const value = fc.string({
    unit: fc.integer({ min: 32, max: 255 }).map((c) => String.fromCharCode(c)),
    maxLength: 40,
  });
  const field = fc.record({ name: word, value, isIndexed: fc.boolean(), isCoded: fc.boolean() });
  const step = fc.oneof(field, fc.nat({ max: 200 }));
  fc.assert(
    fc.property(fc.array(fc.array(step, { maxLength: 12 }), { maxLength: 12 }), (blocks) => {
      const fresh = new HpackDecoder(LIMITS, SCRATCH);
      const encoder = new ModelEncoder();
      for (const steps of blocks) {
        const { bytes, fields } = encoder.encode(steps);
        expect(decode(bytes, fresh)).toEqual(fields);
      }
    }),
    { numRuns: RUNS },
  );
});

/** The newest headers that fit a table of 4096 bytes. */
function fitting(fields: readonly BlockField[]): BlockField[] {
  let sizeBytes = 0;
  return fields.filter(({ name, value }) => {
    sizeBytes += name.length + value.length + 32;
    return sizeBytes <= 4_096;
  });
}

/** An encoder with a table as simple as can be. */
class ModelEncoder {
  #table: BlockField[] = [];

  /** @param steps headers to write, and numbers of the table's headers */
  encode(steps: readonly (BlockField | number)[]): { bytes: Buffer; fields: string[] } {
    const parts: Buffer[] = [];
    const fields: string[] = [];
    for (const step of steps) {
      const index = typeof step === "number" ? step % Math.max(1, this.#table.length) : -1;
      const field = typeof step === "number" ? this.#table[index] : step;
      if (field === undefined) continue;
      fields.push(`${field.name}: ${field.value}`);
      parts.push(index >= 0 ? integer(62 + index, 7, 0x80) : block([field]));
      if (index < 0 && field.isIndexed) this.#table = fitting([field, ...this.#table]);
    }
    return { bytes: Buffer.concat(parts), fields };
  }
}
