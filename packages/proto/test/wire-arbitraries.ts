import fc from "fast-check";

const { OFS_PROPERTY_RUNS } = process.env;

/** Runs of each property; CI sets many more. */
export const PROPERTY_RUNS = Number(OFS_PROPERTY_RUNS ?? 300);

/** Runs of properties of encoders, whose inputs are our own and whose runs take long. */
export const ENCODING_RUNS: number = Math.min(PROPERTY_RUNS, 5000);

/** Varint of up to 64 bits, written by the definition and not by the code under test. */
export function varint(value: bigint | number, padding = 0): Buffer {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 0x7fn) {
    out.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  out.push(Number(rest));
  for (let i = 0; i < padding; i++) {
    out[out.length - 1] = (out.at(-1) as number) | 0x80;
    out.push(0);
  }
  return Buffer.from(out);
}

export function field(number: number, wireType: number, body: Uint8Array): Buffer {
  return Buffer.concat([varint((BigInt(number) << 3n) | BigInt(wireType)), body]);
}

export function sized(bytes: Uint8Array, padding = 0): Buffer {
  return Buffer.concat([varint(bytes.length, padding), bytes]);
}

export function double(value: number): Buffer {
  const out = Buffer.alloc(8);
  out.writeDoubleLE(value);
  return out;
}

/** Any fields, in any order: the way a legal encoder may write a message. */
function message(fields: fc.Arbitrary<Buffer>, maxLength = 8): fc.Arbitrary<Buffer> {
  return fc.array(fields, { maxLength }).map((parts) => Buffer.concat(parts));
}

const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: "grapheme", maxLength: 10 }),
  fc.string({ minLength: 120, maxLength: 300 }),
);

/** Length prefixes may be longer than they need be, within five bytes. */
const padding = fc.oneof(
  { weight: 9, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.nat(1) },
);

function stringField(number: number): fc.Arbitrary<Buffer> {
  return fc
    .tuple(text, padding)
    .map(([value, extra]) => field(number, 2, sized(Buffer.from(value), extra)));
}

function messageField(number: number, body: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> {
  return fc.tuple(body, padding).map(([bytes, extra]) => field(number, 2, sized(bytes, extra)));
}

/** Fields that no message has, and known numbers with a wire type of no number or string. */
const foreignField: fc.Arbitrary<Buffer> = fc.letrec<{ field: Buffer }>((tie) => ({
  field: fc
    .tuple(
      fc.oneof(fc.integer({ min: 10, max: 2 ** 29 - 1 }), fc.integer({ min: 10, max: 20 })),
      fc.oneof(
        { maxDepth: 3 },
        fc.bigInt(0n, 2n ** 64n - 1n).map((value) => ({ wire: 0, body: varint(value) })),
        fc.double().map((value) => ({ wire: 1, body: double(value) })),
        fc.uint8Array({ maxLength: 20 }).map((bytes) => ({ wire: 2, body: sized(bytes) })),
        fc.constant({ wire: 5, body: Buffer.from([1, 2, 3, 4]) }),
        fc
          .array(tie("field"), { maxLength: 2 })
          .map((parts) => ({ wire: 3, body: Buffer.concat(parts) })),
      ),
    )
    .map(([number, { wire, body }]) =>
      wire === 3
        ? Buffer.concat([field(number, 3, body), field(number, 4, Buffer.alloc(0))])
        : field(number, wire, body),
    ),
})).field;

/** A number of the message with a wire type that the field never has. */
const wrongWireType = fc
  .integer({ min: 1, max: 9 })
  .map((number) => field(number, 5, Buffer.alloc(4)));

function withForeign(...known: fc.Arbitrary<Buffer>[]): fc.Arbitrary<Buffer> {
  return fc.oneof(
    { weight: 8, arbitrary: fc.oneof(...known) },
    { weight: 1, arbitrary: foreignField },
    { weight: 1, arbitrary: wrongWireType },
  );
}

const group = message(withForeign(stringField(1), stringField(2)), 4);
const keys = message(fc.oneof({ weight: 9, arbitrary: stringField(1) }, foreignField), 4);

/** Bytes of `retrieve.Query`, fields in any order. */
export const retrieveQueryBytes: fc.Arbitrary<Buffer> = message(
  withForeign(stringField(1), messageField(2, group), stringField(3), messageField(4, keys)),
  12,
);

/** The parts of a `retrieve.Query` as every normal encoder writes them: by number. */
export const ordinaryQuery = fc.record({
  entityLabel: text,
  featureGroups: fc.array(fc.record({ label: text, featureLabels: fc.array(text) }), {
    maxLength: 3,
  }),
  keysSchema: fc.array(text, { maxLength: 3 }),
  keys: fc.array(fc.record({ cols: fc.array(text, { maxLength: 3 }) }), { maxLength: 20 }),
});

const column = fc.uint8Array({ maxLength: 20 }).map((bytes) => field(2, 2, sized(bytes)));
const columnIdx = fc.nat(0x7fff_ffff).map((value) => field(2, 0, varint(value)));
const feature = message(withForeign(stringField(1), columnIdx), 3);
const featureSchema = message(withForeign(stringField(1), messageField(2, feature)), 4);
const row = message(withForeign(stringField(1), column), 6);

/** Bytes of `retrieve.Result`, fields in any order. */
export const retrieveResultBytes: fc.Arbitrary<Buffer> = message(
  withForeign(stringField(1), stringField(2), messageField(3, featureSchema), messageField(4, row)),
  10,
);

const int32 = fc.integer().map((value) => varint(value));
const uint32 = fc.nat(0xffff_ffff).map((value) => varint(value));
const int64 = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map((value) => varint(value));
const uint64 = fc.bigInt(0n, 2n ** 64n - 1n).map((value) => varint(value));
const bool = fc.boolean().map((value) => varint(value ? 1 : 0));

/** Packed, or one of them by itself. */
function numbers(
  number: number,
  wireType: number,
  one: fc.Arbitrary<Buffer>,
): fc.Arbitrary<Buffer> {
  return fc.oneof(
    one.map((bytes) => field(number, wireType, bytes)),
    fc.array(one, { maxLength: 12 }).map((all) => field(number, 2, sized(Buffer.concat(all)))),
  );
}

const flatValues = [
  numbers(1, 1, fc.double().map(double)),
  numbers(2, 1, fc.double().map(double)),
  numbers(3, 0, fc.oneof(int32, uint64)),
  numbers(4, 0, fc.oneof(int64, int32)),
  numbers(5, 0, fc.oneof(uint32, uint64)),
  numbers(6, 0, uint64),
  stringField(7),
  numbers(8, 0, fc.oneof(bool, uint64)),
];

const vector = message(withForeign(messageField(1, message(withForeign(...flatValues), 3))), 2);
const values = message(withForeign(...flatValues, messageField(9, vector)), 5);
const featureValues = message(withForeign(messageField(1, values)), 2);
const data = message(withForeign(stringField(1), messageField(2, featureValues)), 4);

/** Bytes of `persist.Query`: any order, packed and unpacked, split occurrences, unknown fields. */
export const persistQueryBytes: fc.Arbitrary<Buffer> = message(
  withForeign(stringField(1), stringField(2), messageField(3, group), messageField(4, data)),
  8,
);

/** A message with some of its bytes changed, cut or added. */
export function damaged(bytes: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> {
  const change = fc.record({
    at: fc.nat(),
    byte: fc.nat(255),
    drop: fc.nat(2),
    keep: fc.boolean(),
  });
  return fc.tuple(bytes, fc.array(change, { minLength: 1, maxLength: 3 })).map(([start, changes]) =>
    changes.reduce((now, { at, byte, drop, keep }) => {
      const index = now.length === 0 ? 0 : at % now.length;
      const head = now.subarray(0, index);
      return Buffer.concat([
        head,
        ...(keep ? [Buffer.from([byte])] : []),
        now.subarray(index + drop),
      ]);
    }, start),
  );
}
