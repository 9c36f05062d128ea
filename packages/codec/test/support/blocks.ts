import {
  type BlockContent,
  encodeBlock,
  encodePayload,
  type FeatureLayout,
  type FeatureValue,
} from "@ofs/codec";

/** 2025-01-01T00:00:00Z. */
export const NOW_SECONDS = 1_735_689_600;
export const NOW_MS: number = NOW_SECONDS * 1000;

/** Builds a block that never expires, but for what `changes` say. */
export function blockOf(
  layout: FeatureLayout,
  values: readonly FeatureValue[],
  changes: Partial<BlockContent> = {},
): Buffer {
  return encodeBlock({
    schemaVersion: 1,
    layoutVersion: 1,
    expiryAtSeconds: 0,
    nowSeconds: NOW_SECONDS,
    dataType: layout.dataType,
    payload: encodePayload(layout, values),
    compression: "zstd",
    valueCount: layout.elementCount,
    ...changes,
  });
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

export function unhex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));
}
