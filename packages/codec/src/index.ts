export {
  type Assembler,
  type AssemblyOptions,
  type AssemblySchema,
  assembleValues,
  createAssembler,
} from "./assembly.ts";
export { Block, NEGATIVE_BLOCK } from "./block.ts";
export {
  type BlockContent,
  type Compression,
  DEFAULT_MAX_PAYLOAD_BYTES,
  decodeBlock,
  decompressBlock,
  encodeBlock,
} from "./block-codec.ts";
export { type BlockHeader, blockExpiry, decodeBlockHeader } from "./block-header.ts";
export { copyBytes } from "./copy-bytes.ts";
export {
  DATA_TYPES,
  type DataType,
  dataTypeByCode,
  dataTypeByName,
  type ValueKind,
  type ValuesContainer,
} from "./data-type.ts";
export { type DefaultLimits, parseDefault } from "./default-text.ts";
export { type NormalizedDefault, normalizeDefault, zeroValue } from "./defaults.ts";
export { CodecError, type CodecErrorCode, ValueError } from "./errors.ts";
export { decodeExpiry, encodeExpiry, isExpired } from "./expiry.ts";
export { type DecodedFeature, decodeFeature, type NumericArray } from "./feature-decoding.ts";
export { createFeatureLayout, type FeatureLayout, MAX_LENGTH } from "./feature-layout.ts";
export { FeatureReader, readFeature } from "./feature-reader.ts";
export { formatFeature } from "./feature-text.ts";
export {
  decodeFloat8E4M3,
  decodeFloat8E5M2,
  encodeFloat8E4M3,
  encodeFloat8E5M2,
} from "./float8.ts";
export { decodeFloat16, encodeFloat16 } from "./float16.ts";
export { type IntegerRange, integerRange } from "./integer-range.ts";
export { entityKeyString, joinColumns, splitBlock } from "./keys.ts";
export { type ElementValue, encodePayload, type FeatureValue } from "./payload-encoding.ts";
export {
  createQuantizer,
  type FeatureLabel,
  isQuantizable,
  parseFeatureLabel,
  type Quantizer,
} from "./quantization.ts";
export {
  encodeInMemoryRecord,
  encodeRecord,
  listRecord,
  MAX_RECORD_BLOCK_BYTES,
  placeStoreRecord,
  type RecordEntry,
  type RecordRange,
  readCacheRecord,
  readLiveStoreEntries,
  readStoreRecord,
} from "./record.ts";
export { emptyValues, type MutableValues, type Values } from "./values.ts";
export { decompressZstd } from "./zstd/zstd.ts";
