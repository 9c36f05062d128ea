import {
  type BlockContent,
  createFeatureLayout,
  createQuantizer,
  type DataType,
  dataTypeByName,
  decodeBlock,
  encodeBlock,
  encodePayload,
  encodeRecord,
  FeatureReader,
  formatFeature,
  readCacheRecord,
  readFeature,
} from "@ofs/codec";
import { bench, do_not_optimize, group, run } from "mitata";

const NOW_SECONDS = 1_735_689_600;

function typeNamed(name: string): DataType {
  const dataType = dataTypeByName(name);
  if (dataType === undefined) throw new Error(`no data type ${name}`);
  return dataType;
}

function contentOf(
  dataType: DataType,
  payload: Uint8Array,
  compression: "none" | "zstd",
): BlockContent {
  return {
    schemaVersion: 1,
    layoutVersion: 1,
    expiryAtSeconds: NOW_SECONDS + 3600,
    nowSeconds: NOW_SECONDS,
    dataType,
    payload,
    compression,
  };
}

const INT32 = typeNamed("DataTypeInt32");
const FP32 = typeNamed("DataTypeFP32");
const FP16_VECTOR = typeNamed("DataTypeFP16Vector");
const FP32_VECTOR = typeNamed("DataTypeFP32Vector");
const STRING = typeNamed("DataTypeString");

group("encode a block of int32, uncompressed", () => {
  for (const count of [100, 1000, 10_000, 100_000]) {
    const layout = createFeatureLayout(INT32, count);
    const values = Array.from({ length: count }, (_, i) => (i * 7919) % 2001);
    bench(`${count} features`, () => {
      const payload = encodePayload(layout, values);
      do_not_optimize(encodeBlock(contentOf(INT32, payload, "none")));
    });
  }
});

group("encode a block of int32, zstd", () => {
  for (const count of [20, 100, 1000]) {
    const layout = createFeatureLayout(INT32, count);
    const values = Array.from({ length: count }, (_, i) => (i * 7919) % 2001);
    bench(`${count} features`, () => {
      const payload = encodePayload(layout, values);
      do_not_optimize(encodeBlock(contentOf(INT32, payload, "zstd")));
    });
  }
});

group("decode a block", () => {
  for (const compression of ["none", "zstd"] as const) {
    const layout = createFeatureLayout(INT32, 100);
    const payload = encodePayload(
      layout,
      Array.from({ length: 100 }, (_, i) => (i * 7919) % 2001),
    );
    const block = encodeBlock(contentOf(INT32, payload, compression));
    bench(`100 int32, ${compression}`, () => do_not_optimize(decodeBlock(block)));
  }
});

group("read all features", () => {
  const layout = createFeatureLayout(FP32, 100);
  const payload = encodePayload(
    layout,
    Array.from({ length: 100 }, (_, i) => i / 7),
  );
  const reader = new FeatureReader();
  const out = new Uint8Array(payload.length);
  bench("100 fp32, one reader into one buffer", () => {
    reader.open(layout, payload);
    let offset = 0;
    for (let position = 0; position < 100; position++) {
      if (reader.size(position) >= 0) offset = reader.copy(position, out, offset);
    }
    do_not_optimize(offset);
  });
  bench("100 fp32, readFeature", () => {
    for (let position = 0; position < 100; position++) {
      do_not_optimize(readFeature(layout, payload, position));
    }
  });
  const texts = Array.from({ length: 100 }, (_, i) => `value-${i}`);
  const stringLayout = createFeatureLayout(STRING, 100, undefined, new Array<number>(100).fill(16));
  const stringPayload = encodePayload(stringLayout, texts);
  const stringReader = new FeatureReader();
  const stringOut = new Uint8Array(stringPayload.length);
  bench("100 strings, one reader into one buffer", () => {
    stringReader.open(stringLayout, stringPayload);
    let offset = 0;
    for (let position = 0; position < 100; position++) {
      if (stringReader.size(position) >= 0) {
        offset = stringReader.copy(position, stringOut, offset);
      }
    }
    do_not_optimize(offset);
  });
});

group("copy one feature", () => {
  for (const sizeBytes of [4, 16, 32, 64, 128, 512]) {
    const layout = createFeatureLayout(typeNamed("DataTypeUint8Vector"), 1, [sizeBytes]);
    const reader = new FeatureReader();
    reader.open(layout, new Uint8Array(sizeBytes));
    const out = new Uint8Array(sizeBytes);
    bench(`${sizeBytes} bytes`, () => do_not_optimize(reader.copy(0, out, 0)));
  }
});

group("read a cache record of 3 groups", () => {
  const layout = createFeatureLayout(FP32, 20);
  const payload = encodePayload(
    layout,
    Array.from({ length: 20 }, (_, i) => i / 7),
  );
  const block = encodeBlock(contentOf(FP32, payload, "none"));
  const record = encodeRecord([1, 2, 3].map((groupId) => ({ groupId, block })));
  bench("2 of them asked for", () =>
    do_not_optimize(readCacheRecord(record, [1, 3], NOW_SECONDS * 1000)),
  );
});

group("quantise a vector of 128", () => {
  const source = new Uint8Array(512);
  for (let i = 0; i < 512; i++) source[i] = (i * 7919) % 251;
  for (const name of ["FP16Vector", "FP8E4M3Vector"]) {
    const target = typeNamed(`DataType${name}`);
    const quantizer = createQuantizer(FP32_VECTOR, target);
    const out = new Uint8Array(256);
    bench(`FP32Vector to ${name}`, () => quantizer.convert(source, 0, 128, out, 0));
  }
  const half = createQuantizer(FP16_VECTOR, typeNamed("DataTypeFP8E5M2Vector"));
  const out = new Uint8Array(256);
  bench("FP16Vector to FP8E5M2Vector", () => half.convert(source, 0, 128, out, 0));
});

group("text of a feature", () => {
  const floats = [0.1, 123_456.79, 2 ** -96, 0.251953125].map((value) => {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return bytes;
  });
  bench("4 fp32, two of them ties or lopsided", () => {
    for (const bytes of floats) do_not_optimize(formatFeature(FP32, bytes, 1));
  });
  bench("1 fp32 of 8 digits", () =>
    do_not_optimize(formatFeature(FP32, floats[1] as Uint8Array, 1)),
  );
});

await run();
