import { CodecError } from "@ofs/codec";
import fc from "fast-check";
import { expect, test } from "vitest";
import { mergeRecord, RowRecord, withoutGroups } from "../../src/embedded/row-record.ts";

interface Stored {
  readonly writeTimeMicros: number;
  readonly block: string;
}

function recordOf(bytes: Uint8Array): RowRecord {
  return new RowRecord(bytes, bytes.length);
}

function contentOf(bytes: Uint8Array | undefined): Map<number, Stored> {
  const content = new Map<number, Stored>();
  if (bytes === undefined) return content;
  const record = recordOf(bytes);
  for (let index = 0; index < record.groupCount; index++) {
    content.set(record.groupId(index), {
      writeTimeMicros: record.writeTimeMicros(index),
      block: Buffer.from(record.block(index)).toString("hex"),
    });
  }
  return content;
}

/** An empty block is a delete, which wins over others of its time. */
function stays(known: Stored | undefined, writeTimeMicros: number, block: Uint8Array): boolean {
  if (known === undefined || known.writeTimeMicros < writeTimeMicros) return false;
  return known.writeTimeMicros > writeTimeMicros || (known.block === "" && block.length > 0);
}

const change = fc.record({
  groups: fc.uniqueArray(
    fc.tuple(fc.constantFrom(0, 1, 2, 255, 256, 65_535), fc.uint8Array({ maxLength: 40 })),
    { minLength: 1, maxLength: 4, selector: ([id]) => id },
  ),
  writeTimeMicros: fc.oneof(fc.nat(5), fc.maxSafeNat()),
});

const fullKey = fc.option(fc.uint8Array({ minLength: 1, maxLength: 20 }), { nil: undefined });

test("merges keep the newest block of each group, as a map would", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 8 }), fullKey, (changes, key) => {
      const model = new Map<number, Stored>();
      let bytes: Buffer | undefined;
      for (const { groups, writeTimeMicros } of changes) {
        const merged = mergeRecord(
          bytes && recordOf(bytes),
          {
            groupIds: groups.map(([id]) => id),
            blocks: groups.map(([, block]) => block),
            writeTimeMicros,
          },
          key,
        );
        let isChanged = false;
        for (const [id, block] of groups) {
          if (stays(model.get(id), writeTimeMicros, block)) continue;
          model.set(id, { writeTimeMicros, block: Buffer.from(block).toString("hex") });
          isChanged = true;
        }
        expect(merged !== undefined).toBe(isChanged);
        bytes = merged ?? bytes;
        expect(contentOf(bytes)).toEqual(model);
        if (bytes !== undefined) recordOf(bytes).assertKey(key);
      }
    }),
    { numRuns: 500 },
  );
});

test("dropping groups leaves the others as they were", () => {
  const bytes = mergeRecord(
    undefined,
    {
      groupIds: [7, 3, 9],
      blocks: [Buffer.of(7), Buffer.of(3, 3), Buffer.of(9)],
      writeTimeMicros: 5,
    },
    Buffer.from("key"),
  ) as Buffer;
  const record = recordOf(bytes);
  const rest = withoutGroups(record, (index) => record.groupId(index) === 7) as Buffer;
  expect(contentOf(rest)).toEqual(
    new Map([
      [3, { writeTimeMicros: 5, block: "0303" }],
      [9, { writeTimeMicros: 5, block: "09" }],
    ]),
  );
  expect(recordOf(rest).indexOf(7)).toBe(-1);
  expect(() => recordOf(rest).assertKey(Buffer.from("key"))).not.toThrow();
  expect(withoutGroups(record, () => true)).toBeUndefined();
});

test("a record is of the key that it repeats, and of no other", () => {
  const write = { groupIds: [1], blocks: [Buffer.of(1)], writeTimeMicros: 1 };
  const withKey = recordOf(mergeRecord(undefined, write, Buffer.from("key")) as Buffer);
  const without = recordOf(mergeRecord(undefined, write, undefined) as Buffer);
  expect(() => withKey.assertKey(Buffer.from("other"))).toThrow("record of another key");
  expect(() => withKey.assertKey(undefined)).toThrow(CodecError);
  expect(() => without.assertKey(Buffer.from("key"))).toThrow(CodecError);
  expect(() => without.assertKey(undefined)).not.toThrow();
});

test("any bytes are read or refused with a CodecError", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (bytes, isRecord) => {
      if (isRecord) bytes[0] = 1;
      try {
        contentOf(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(CodecError);
      }
    }),
    { numRuns: 2000 },
  );
});

test("a record cut anywhere is refused", () => {
  const bytes = mergeRecord(
    undefined,
    { groupIds: [1, 2], blocks: [Buffer.alloc(20), Buffer.alloc(30)], writeTimeMicros: 1 },
    Buffer.from("key"),
  ) as Buffer;
  for (let size = 0; size < bytes.length; size++) {
    expect(() => contentOf(bytes.subarray(0, size))).toThrow(CodecError);
  }
});
