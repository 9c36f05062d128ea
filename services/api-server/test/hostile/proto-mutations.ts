import type { SeededRandom } from "@ofs/testkit";

/** Which fields of a message hold messages. */
export interface MessageShape {
  readonly [field: number]: MessageShape;
}

const LABELLED_GROUP: MessageShape = {};
const VALUES: MessageShape = { 9: { 1: {} } };
export const RETRIEVE_SHAPE: MessageShape = { 2: LABELLED_GROUP, 4: {} };
export const PERSIST_SHAPE: MessageShape = { 3: LABELLED_GROUP, 4: { 2: { 1: VALUES } } };

/** One field of a message on its way to being sent. */
interface Field {
  number: number;
  wireType: number;
  content: bigint | Buffer | Field[];
  /** Claimed in place of the true length. */
  lie?: bigint;
}

/** What can be done to a message that keeps most of it whole. */
export const PROTO_MUTATIONS = [
  "drop field",
  "repeat field",
  "renumber field",
  "retype field",
  "lie about length",
  "unknown field",
  "deep groups",
  "odd text",
  "odd number",
  "swap fields",
  "truncate",
  "flip bits",
  "insert bytes",
] as const;
export type ProtoMutation = (typeof PROTO_MUTATIONS)[number];

/** Applies one to three mutations to a valid message. */
export function mutateMessage(
  valid: Uint8Array,
  shape: MessageShape,
  random: SeededRandom,
): { readonly bytes: Buffer; readonly kinds: string } {
  const kinds: ProtoMutation[] = [];
  const fields = parse(Buffer.from(valid), shape);
  const count = random.pick([1, 1, 1, 2, 3]);
  const late: ProtoMutation[] = [];
  for (let i = 0; i < count; i++) {
    const kind = random.pick(PROTO_MUTATIONS);
    kinds.push(kind);
    if (!mutateTree(fields, kind, random)) late.push(kind);
  }
  let bytes = encode(fields);
  for (const kind of late) bytes = mutateBytes(bytes, kind, random);
  return { bytes, kinds: kinds.join(", ") };
}

/** @returns whether it was one that works on fields */
function mutateTree(root: Field[], kind: ProtoMutation, random: SeededRandom): boolean {
  const list = random.pick(
    messagesOf(root)
      .filter(({ length }) => length > 0)
      .concat([root]),
  );
  if (list.length === 0) return true;
  const index = random.integer(0, list.length - 1);
  const field = list[index] as Field;
  switch (kind) {
    case "drop field":
      list.splice(index, 1);
      return true;
    case "repeat field":
      list.splice(index, 0, ...new Array<Field>(random.pick([1, 2, 50])).fill(field));
      return true;
    case "renumber field":
      field.number = random.pick([0, 1, 2, 3, 4, 9, 15, 16, 19_000, 2 ** 29 - 1]);
      return true;
    case "retype field":
      field.wireType = random.integer(0, 7);
      return true;
    case "lie about length":
      field.lie = random.pick([
        0n,
        1n,
        127n,
        128n,
        2n ** 31n - 1n,
        2n ** 32n,
        2n ** 63n,
        2n ** 70n,
      ]);
      return true;
    case "unknown field":
      list.splice(index, 0, unknownField(random));
      return true;
    case "deep groups":
      list.splice(index, 0, { number: 0, wireType: 7, content: deepGroups(random) });
      return true;
    case "odd text":
      makeOddText(field, random);
      return true;
    case "odd number":
      field.content = oddNumber(field, random);
      return true;
    case "swap fields":
      list.push(...list.splice(index, 1));
      return true;
    default:
      return false;
  }
}

export function mutateBytes(bytes: Buffer, kind: string, random: SeededRandom): Buffer {
  if (bytes.length === 0) return bytes;
  const at = random.integer(0, bytes.length - 1);
  if (kind === "truncate") return bytes.subarray(0, at);
  if (kind === "insert bytes") {
    const extra = Buffer.from(
      Array.from({ length: random.integer(1, 9) }, () => random.integer(0, 255)),
    );
    return Buffer.concat([bytes.subarray(0, at), extra, bytes.subarray(at)]);
  }
  const flipped = Buffer.from(bytes);
  for (let i = random.integer(1, 4); i > 0; i--) {
    const position = random.integer(0, bytes.length - 1);
    flipped[position] = (flipped[position] as number) ^ (1 << random.integer(0, 7));
  }
  return flipped;
}

function unknownField(random: SeededRandom): Field {
  const number = random.pick([7, 100, 18_999, 536_870_911]);
  const wireType = random.pick([0, 1, 2, 5]);
  const sizes: Record<number, number> = { 1: 8, 5: 4, 2: random.pick([0, 3, 70_000]) };
  const content = wireType === 0 ? 2n ** 64n - 1n : Buffer.alloc(sizes[wireType] as number, 0x61);
  return { number, wireType, content };
}

/** Groups within groups; some are closed, some are not, some by another number. */
function deepGroups(random: SeededRandom): Buffer {
  const depth = random.pick([1, 50, 101, 10_000, 200_000]);
  const opened = Buffer.alloc(depth, 0x3b);
  const closed = Buffer.alloc(
    random.pick([depth, depth - 1, depth + 1, 0]),
    random.pick([0x3c, 0x44]),
  );
  return Buffer.concat([opened, closed]);
}

const ODD_TEXTS: readonly Buffer[] = [
  Buffer.alloc(0),
  Buffer.from([0xff]),
  Buffer.from([0xc0, 0x80]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from([0xf4, 0x90, 0x80, 0x80]),
  Buffer.from([0xe6, 0x97]),
  Buffer.from("\0"),
  Buffer.from("a|b"),
  Buffer.from("{}{"),
  Buffer.from("__proto__"),
  Buffer.from("constructor"),
  Buffer.from("toString"),
  Buffer.from("f@DataTypeFP16"),
  Buffer.from("f@DataTypeFP64"),
  Buffer.from("@@"),
  Buffer.from("\u202e\ufeff"),
  Buffer.from("\r\nx: y\r\n"),
  Buffer.from("%s%n'; DROP TABLE x; --"),
  Buffer.alloc(70_000, 0x62),
];
const MEGABYTE = Buffer.alloc(1 << 20, 0x63);

function makeOddText(field: Field, random: SeededRandom): void {
  field.wireType = 2;
  field.content = random.integer(0, 199) === 0 ? MEGABYTE : random.pick(ODD_TEXTS);
}

function oddNumber(field: Field, random: SeededRandom): bigint | Buffer {
  if (field.wireType === 0)
    return random.pick([0n, 2n ** 31n, 2n ** 63n, 2n ** 64n - 1n, 2n ** 80n]);
  const size = Buffer.isBuffer(field.content) ? field.content.length : 8;
  return Buffer.alloc(size, random.pick([0x00, 0x7f, 0x80, 0xff]));
}

/** The lists of fields of a message and of all messages in it. */
function messagesOf(fields: Field[]): Field[][] {
  return [
    fields,
    ...fields.flatMap(({ content }) => (Array.isArray(content) ? messagesOf(content) : [])),
  ];
}

function parse(bytes: Buffer, shape: MessageShape): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [tag, afterTag] = readVarint(bytes, at);
    const number = Number(tag >> 3n);
    const wireType = Number(tag & 7n);
    const [value, afterValue] =
      wireType === 0 || wireType === 2 ? readVarint(bytes, afterTag) : [0n, afterTag];
    if (wireType === 0) {
      fields.push({ number, wireType, content: value });
      at = afterValue;
      continue;
    }
    const size = wireType === 2 ? Number(value) : wireType === 1 ? 8 : 4;
    const content = bytes.subarray(afterValue, afterValue + size);
    const inner = shape[number];
    fields.push({
      number,
      wireType,
      content: inner === undefined ? content : parse(content, inner),
    });
    at = afterValue + size;
  }
  return fields;
}

function readVarint(bytes: Buffer, start: number): [bigint, number] {
  let value = 0n;
  let at = start;
  for (let shift = 0n; ; shift += 7n) {
    const byte = bytes[at++] as number;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return [value, at];
  }
}

function encode(fields: readonly Field[]): Buffer {
  return Buffer.concat(fields.map(encodeField));
}

function encodeField({ number, wireType, content, lie }: Field): Buffer {
  const body = Array.isArray(content) ? encode(content) : content;
  // A run of groups brings its tags along.
  if (wireType === 7 && number === 0 && Buffer.isBuffer(body)) return body;
  const tag = varint((BigInt(number) << 3n) | BigInt(wireType));
  if (!Buffer.isBuffer(body)) return Buffer.concat([tag, varint(body)]);
  if (wireType !== 2) return Buffer.concat([tag, body]);
  return Buffer.concat([tag, varint(lie ?? BigInt(body.length)), body]);
}

/** Not cut to 64 bits: longer than a varint may be where the value is. */
function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}
