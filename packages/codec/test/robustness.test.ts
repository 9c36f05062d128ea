import {
  type Block,
  CodecError,
  DATA_TYPES,
  decodeBlock,
  decodeFeature,
  decompressBlock,
  encodeInMemoryRecord,
  encodeRecord,
  FeatureReader,
  formatFeature,
  listRecord,
  readCacheRecord,
  readLiveStoreEntries,
  readStoreRecord,
} from "@ofs/codec";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyFeatureSet, damaged } from "./support/arbitraries.ts";
import { blockOf, NOW_MS, NOW_SECONDS } from "./support/blocks.ts";
import { PROPERTY_RUNS, PROPERTY_TIMEOUT_MS } from "./support/runs.ts";

const MAX_PAYLOAD_BYTES = 1 << 16;

const blocks = fc
  .tuple(anyFeatureSet, fc.boolean())
  .map(([{ layout, values }, isShortLived]) =>
    blockOf(layout, values, { expiryAtSeconds: isShortLived ? NOW_SECONDS + 1 : 0 }),
  );

const records = fc
  .uniqueArray(fc.tuple(fc.nat(9), fc.option(blocks)), {
    minLength: 1,
    maxLength: 4,
    selector: ([groupId]) => groupId,
  })
  .map((entries) =>
    encodeRecord(
      entries.map(([groupId, block]) => ({ groupId, block: block ?? new Uint8Array(0) })),
    ),
  );

/** @returns what came out, or undefined if the bytes were refused; anything else goes on */
function decodedOrRefused<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    expect(error.offset).toBeGreaterThanOrEqual(0);
    return undefined;
  }
}

/** All of a block but where its payload lies. */
function contentOf({ dataTypeCode, expiryAtSeconds, payload, schemaVersion }: Block): unknown[] {
  return [dataTypeCode, expiryAtSeconds, schemaVersion, Buffer.from(payload)];
}

describe("any bytes decode or throw CodecError", () => {
  it(
    "blocks",
    () => {
      fc.assert(
        fc.property(fc.oneof(damaged(blocks), fc.uint8Array({ maxLength: 40 })), (bytes) => {
          const block = decodedOrRefused(() => decodeBlock(bytes, MAX_PAYLOAD_BYTES));
          const plain = decodedOrRefused(() => decompressBlock(bytes, MAX_PAYLOAD_BYTES));
          expect(plain === undefined).toBe(block === undefined);
          if (plain !== undefined && block !== undefined) {
            expect(contentOf(decodeBlock(plain))).toEqual(contentOf(block));
          }
        }),
        { numRuns: PROPERTY_RUNS },
      );
    },
    PROPERTY_TIMEOUT_MS,
  );

  it(
    "records",
    () => {
      fc.assert(
        fc.property(fc.oneof(damaged(records), fc.uint8Array({ maxLength: 40 })), (bytes) => {
          const groupIds = [0, 3, 1];
          const ranges = decodedOrRefused(() => listRecord(bytes));
          const cells = decodedOrRefused(() => readStoreRecord(bytes, groupIds));
          expect(cells === undefined).toBe(ranges === undefined);
          const cached = readCacheRecord(bytes, groupIds, NOW_MS + 1500);
          if (cached !== undefined) expect(cells).toHaveLength(cached.length);
          const entries = decodedOrRefused(() => readLiveStoreEntries(bytes, NOW_MS + 1500));
          for (const { block } of entries ?? []) decodedOrRefused(() => decodeBlock(block));
          if (entries !== undefined && entries.length > 0) {
            decodedOrRefused(() => encodeInMemoryRecord(entries));
          }
        }),
        { numRuns: PROPERTY_RUNS },
      );
    },
    PROPERTY_TIMEOUT_MS,
  );

  it(
    "features of any payload, by any layout",
    () => {
      const reader = new FeatureReader();
      fc.assert(
        fc.property(anyFeatureSet, fc.uint8Array({ maxLength: 300 }), ({ layout }, payload) => {
          reader.open(layout, payload);
          for (let position = 0; position < layout.featureCount; position++) {
            const size = reader.size(position);
            if (size < 0) continue;
            const bytes = new Uint8Array(size);
            expect(reader.copy(position, bytes, 0)).toBe(size);
            const length = layout.vectorLengths[position] as number;
            formatFeature(layout.dataType, bytes, length);
          }
        }),
        { numRuns: PROPERTY_RUNS },
      );
    },
    PROPERTY_TIMEOUT_MS,
  );

  it(
    "single features, as values and as text",
    () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...DATA_TYPES),
          fc.uint8Array({ maxLength: 40 }),
          fc.nat(9),
          (dataType, bytes, vectorLength) => {
            const value = decodedOrRefused(() => decodeFeature(dataType, bytes, vectorLength));
            const text = decodedOrRefused(() => formatFeature(dataType, bytes, vectorLength));
            expect(text === undefined).toBe(value === undefined);
          },
        ),
        { numRuns: PROPERTY_RUNS },
      );
    },
    PROPERTY_TIMEOUT_MS,
  );
});
