import { crc32c } from "../../src/kafka/crc32c.ts";

export interface TestRecord {
  readonly offset: number;
  readonly timeMs?: number;
  readonly key?: Uint8Array | undefined;
  readonly value?: Uint8Array | undefined;
  readonly headers?: readonly (readonly [string, Uint8Array | undefined])[];
}

export interface TestBatch {
  readonly baseOffset: number;
  readonly lastOffset?: number;
  readonly attributes?: number;
  readonly baseTimeMs?: number;
  readonly maxTimeMs?: number;
  readonly producerId?: number;
  readonly records: readonly TestRecord[];
  readonly compress?: (records: Buffer) => Uint8Array;
}

export const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;

/** A record batch as brokers store it. */
export function encodeBatch(batch: TestBatch): Buffer {
  const { baseOffset, baseTimeMs = 0, compress } = batch;
  const records = Buffer.concat(
    batch.records.map((record) => encodeRecord(record, baseOffset, baseTimeMs)),
  );
  const body = Buffer.concat([Buffer.alloc(40), compress?.(records) ?? records]);
  const lastOffset = batch.lastOffset ?? batch.records.at(-1)?.offset ?? baseOffset;
  body.writeInt16BE(batch.attributes ?? 0, 0);
  body.writeInt32BE(lastOffset - baseOffset, 2);
  body.writeBigInt64BE(BigInt(baseTimeMs), 6);
  body.writeBigInt64BE(BigInt(batch.maxTimeMs ?? baseTimeMs), 14);
  body.writeBigInt64BE(BigInt(batch.producerId ?? -1), 22);
  body.writeInt32BE(batch.records.length, 36);
  const head = Buffer.alloc(21);
  head.writeBigInt64BE(BigInt(baseOffset), 0);
  head.writeInt32BE(9 + body.length, 8);
  head.writeInt8(2, 16);
  head.writeUInt32BE(crc32c(body, 0, body.length), 17);
  return Buffer.concat([head, body]);
}

/** The marker at the end of a transaction. */
export function encodeMarker(offset: number, producerId: number, isCommit: boolean): Buffer {
  const key = Buffer.from([0, 0, 0, isCommit ? 1 : 0]);
  const records = [{ offset, key, value: Buffer.alloc(6) }];
  return encodeBatch({
    baseOffset: offset,
    attributes: TRANSACTIONAL | CONTROL,
    producerId,
    records,
  });
}

function encodeRecord(
  { offset, timeMs, key, value, headers = [] }: TestRecord,
  baseOffset: number,
  baseTimeMs: number,
): Buffer {
  const body = Buffer.concat([
    Buffer.from([0]),
    varint((timeMs ?? baseTimeMs) - baseTimeMs),
    varint(offset - baseOffset),
    varintBytes(key),
    varintBytes(value),
    varint(headers.length),
    ...headers.flatMap(([name, bytes]) => [varintBytes(Buffer.from(name)), varintBytes(bytes)]),
  ]);
  return Buffer.concat([varint(body.length), body]);
}

export function varint(value: number): Buffer {
  let rest = BigInt(value) >= 0n ? BigInt(value) * 2n : -BigInt(value) * 2n - 1n;
  const bytes: number[] = [];
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

function varintBytes(bytes: Uint8Array | undefined): Buffer {
  return bytes === undefined ? varint(-1) : Buffer.concat([varint(bytes.length), bytes]);
}
