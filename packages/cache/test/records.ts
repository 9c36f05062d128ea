import { dataTypeByName, encodeBlock, encodeRecord } from "@ofs/codec";

/** A live block of one FP32 feature with that value. */
export function blockOf(value: number, expiryAtSeconds = 0): Buffer {
  const dataType = dataTypeByName("DataTypeFP32");
  if (dataType === undefined) throw new Error("no DataTypeFP32");
  return encodeBlock({
    schemaVersion: 1,
    layoutVersion: 1,
    expiryAtSeconds,
    nowSeconds: 0,
    dataType,
    payload: new Uint8Array(new Float32Array([value]).buffer),
    compression: "none",
  });
}

/** @param blocks by group id */
export function recordOf(blocks: Readonly<Record<number, Uint8Array>>): Buffer {
  return encodeRecord(
    Object.entries(blocks).map(([groupId, block]) => ({ groupId: Number(groupId), block })),
  );
}
