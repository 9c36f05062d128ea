import { crc32 } from "node:zlib";

const CHARACTERS =
  "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

export function encodeZ85(bytes: Uint8Array): string {
  const padded = Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
  let text = "";
  for (let offset = 0; offset < padded.length; offset += 4) {
    let value = padded.readUInt32BE(offset);
    let word = "";
    for (let index = 0; index < 5; index++) {
      word = CHARACTERS.charAt(value % 85) + word;
      value = Math.floor(value / 85);
    }
    text += word;
  }
  return text;
}

/** Puts bytes together, little-endian. */
class Output {
  #parts: Buffer[] = [];

  uint(value: number, size: 2 | 4 | 8): void {
    const part = Buffer.alloc(size);
    if (size === 8) part.writeBigUInt64LE(BigInt(value));
    else part.writeUIntLE(value, 0, size);
    this.#parts.push(part);
  }

  bytes(bytes: Uint8Array): void {
    this.#parts.push(Buffer.from(bytes));
  }

  get all(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

/** Encodes row numbers; with runs where it is told to, as real writers have both. */
export function encodeRows(rows: Iterable<number>, withRuns = false): Buffer {
  const byHigh = groupBy([...new Set(rows)].sort(ascending), (row) => Math.floor(row / 2 ** 32));
  const output = new Output();
  output.uint(1681511377, 4);
  output.uint(byHigh.size, 8);
  for (const [high, some] of byHigh) {
    output.uint(high, 4);
    output.bytes(
      encodeBitmap(
        some.map((row) => row % 2 ** 32),
        withRuns,
      ),
    );
  }
  return output.all;
}

function encodeBitmap(values: readonly number[], withRuns: boolean): Buffer {
  const containers = [...groupBy(values, (value) => Math.floor(value / 65_536))];
  const head = new Output();
  if (withRuns) {
    head.uint(12347 + (containers.length - 1) * 65_536, 4);
    const flags = Buffer.alloc(Math.ceil(containers.length / 8));
    for (const index of containers.keys())
      flags[index >> 3] = (flags[index >> 3] ?? 0) | (1 << (index & 7));
    head.bytes(flags);
  } else {
    head.uint(12346, 4);
    head.uint(containers.length, 4);
  }
  for (const [key, some] of containers) {
    head.uint(key, 2);
    head.uint(some.length - 1, 2);
  }
  // Readers of this package do not look at offsets.
  if (!withRuns || containers.length >= 4) head.bytes(Buffer.alloc(4 * containers.length));
  for (const [, some] of containers) {
    const lows = some.map((value) => value % 65_536);
    head.bytes(withRuns ? encodeRuns(lows) : encodeContainer(lows));
  }
  return head.all;
}

function encodeContainer(lows: readonly number[]): Buffer {
  if (lows.length > 4096) {
    const bits = Buffer.alloc(8192);
    for (const low of lows) bits[low >> 3] = (bits[low >> 3] ?? 0) | (1 << (low & 7));
    return bits;
  }
  const output = new Output();
  for (const low of lows) output.uint(low, 2);
  return output.all;
}

function encodeRuns(lows: readonly number[]): Buffer {
  const runs: [number, number][] = [];
  for (const low of lows) {
    const last = runs.at(-1);
    if (last !== undefined && last[0] + last[1] + 1 === low) last[1]++;
    else runs.push([low, 0]);
  }
  const output = new Output();
  output.uint(runs.length, 2);
  for (const [start, length] of runs) {
    output.uint(start, 2);
    output.uint(length, 2);
  }
  return output.all;
}

/** A file with one vector, and the offset of it. */
export function vectorFile(data: Buffer, checksum = crc32(data), size = data.length): Buffer {
  const head = Buffer.alloc(5);
  head[0] = 1;
  head.writeInt32BE(size, 1);
  const tail = Buffer.alloc(4);
  tail.writeUInt32BE(checksum);
  return Buffer.concat([head, data, tail]);
}

function ascending(left: number, right: number): number {
  return left - right;
}

function groupBy(rows: readonly number[], keyOf: (row: number) => number): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return groups;
}
