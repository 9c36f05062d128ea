import {
  type BlockContent,
  type Compression,
  createFeatureLayout,
  decodeBlock,
  decodeBlockHeader,
  decodeExpiry,
  encodeBlock,
  encodeExpiry,
  encodePayload,
  type FeatureLayout,
  formatFeature,
  isExpired,
  NEGATIVE_BLOCK,
  readFeature,
} from "../../src/index.ts";
import {
  assertBytes,
  assertDigest,
  assertEqual,
  assertRefused,
  CaseFailure,
  fromHex,
  refusalOf,
  toHex,
  typeOf,
} from "./case.ts";
import {
  assertProbes,
  generateValues,
  type Probe,
  type RawValue,
  readValues,
  type ValuesGenerator,
} from "./inputs.ts";

const HEADER_SIZE_BYTES = 9;
const COMPRESSION_MASK = 0x0e;
const FLAGS_OFFSET = 7;

interface BlockInput {
  readonly data_type: string;
  readonly now?: number;
  readonly expiry_at: number;
  readonly schema_version: number;
  readonly layout_version?: number;
  readonly requested_compression: Compression;
  readonly num_features?: number;
  readonly vector_lengths?: readonly number[];
  readonly string_lengths?: readonly number[];
  readonly values?: readonly RawValue[];
  readonly values_generator?: ValuesGenerator;
}

export interface BuiltBlock {
  readonly block: Uint8Array;
  readonly layout: FeatureLayout;
  readonly payload: Uint8Array;
}

/** Builds the block that a case describes. */
export function buildBlock(input: BlockInput): BuiltBlock {
  const dataType = typeOf(input.data_type);
  const values =
    input.values_generator === undefined
      ? readValues(dataType, input.values ?? [])
      : generateValues(dataType, input.values_generator);
  const layout = createFeatureLayout(
    dataType,
    input.num_features ?? values.length,
    input.vector_lengths,
    input.string_lengths,
  );
  const payload = encodePayload(layout, values);
  const content: BlockContent = {
    schemaVersion: input.schema_version,
    layoutVersion: input.layout_version ?? 1,
    expiryAtSeconds: input.expiry_at,
    nowSeconds: input.now ?? 0,
    dataType,
    payload,
    compression: input.requested_compression,
    valueCount: layout.elementCount,
  };
  return { block: encodeBlock(content), layout, payload };
}

interface ExpectedFeature {
  readonly pos: number;
  readonly bytes_hex?: string;
  readonly bytes_len?: number;
  readonly bytes_sha256?: string;
  readonly decoded?: string;
  readonly decoded_sha256?: string;
}

interface EncodeCase extends BlockInput {
  readonly data_type_code: number;
  readonly expect: {
    readonly uncompressed_header_hex: string;
    readonly payload_hex?: string;
    readonly payload_len: number;
    readonly payload_sha256?: string;
    readonly upstream_compression: string;
    readonly upstream_block_hex?: string;
    readonly features: readonly ExpectedFeature[];
    readonly expiry_probes: readonly Probe[];
  };
}

export function runBlockEncode(vector: EncodeCase): void {
  const { expect } = vector;
  const { block, layout, payload } = buildBlock(vector);
  assertEqual("data type code", layout.dataType.code, vector.data_type_code);
  assertDigest("payload", payload, { length: expect.payload_len, sha256: expect.payload_sha256 });
  if (expect.payload_hex !== undefined) assertBytes("payload", payload, expect.payload_hex);
  assertBlock(vector, block, payload);
  assertReadBack("own block", vector, block, payload);
  for (const feature of expect.features) assertFeature(layout, payload, feature);
  if (expect.upstream_block_hex !== undefined) {
    assertReadBack("upstream block", vector, fromHex(expect.upstream_block_hex), payload);
  }
}

function assertBlock({ expect }: EncodeCase, block: Uint8Array, payload: Uint8Array): void {
  const header = Uint8Array.from(block.subarray(0, HEADER_SIZE_BYTES));
  const flags = header[FLAGS_OFFSET] as number;
  header[FLAGS_OFFSET] = flags & ~COMPRESSION_MASK;
  assertBytes("header without compression", header, expect.uncompressed_header_hex);
  if ((flags & COMPRESSION_MASK) === 0) {
    assertEqual("plain body", toHex(block.subarray(HEADER_SIZE_BYTES)), toHex(payload));
  } else if (block.length - HEADER_SIZE_BYTES >= payload.length) {
    throw new CaseFailure(`compressed block of ${block.length} bytes is not shorter`);
  }
}

function assertReadBack(
  what: string,
  vector: EncodeCase,
  block: Uint8Array,
  payload: Uint8Array,
): void {
  const decoded = decodeBlock(block);
  assertEqual(`${what}: schema version`, decoded.schemaVersion, vector.schema_version);
  assertEqual(`${what}: data type`, decoded.dataTypeCode, vector.data_type_code);
  assertEqual(`${what}: expiry`, decoded.expiryAtSeconds, vector.expiry_at);
  assertEqual(`${what}: payload`, toHex(decoded.payload), toHex(payload));
  assertProbes(decoded.expiryAtSeconds, vector.expect.expiry_probes);
}

function assertFeature(
  layout: FeatureLayout,
  payload: Uint8Array,
  expected: ExpectedFeature,
): void {
  const what = `feature ${expected.pos}`;
  const bytes = readFeature(layout, payload, expected.pos);
  if (expected.bytes_hex !== undefined) assertBytes(what, bytes, expected.bytes_hex);
  assertDigest(what, bytes, { length: expected.bytes_len, sha256: expected.bytes_sha256 });
  const vectorLength = layout.vectorLengths[expected.pos] as number;
  const text = formatFeature(layout.dataType, bytes, vectorLength);
  if (expected.decoded !== undefined) assertEqual(`${what} text`, text, expected.decoded);
  assertDigest(`${what} text`, text, { sha256: expected.decoded_sha256 });
}

interface RefusalCase extends BlockInput {
  readonly expect: { readonly outcome: "error" | "ok"; readonly block_hex?: string };
}

export function runBlockErrors(vector: RefusalCase): void {
  if (vector.expect.outcome === "error") {
    assertRefused("block", () => buildBlock(vector));
  } else {
    assertBytes("block", buildBlock(vector).block, vector.expect.block_hex as string);
  }
}

interface DecodeCase {
  readonly block_hex: string;
  readonly now: number;
  readonly expect: {
    readonly outcome: "error" | "ok" | "negative";
    readonly also_accept?: string;
    readonly schema_version: number;
    readonly layout_version: number;
    readonly compression_code: number;
    readonly data_type_code: number;
    readonly expiry_at: number;
    readonly expired: boolean;
    readonly payload_hex?: string;
    readonly payload_sha256?: string;
  };
}

export function runBlockDecode({ block_hex: hex, now, expect }: DecodeCase): void {
  const bytes = fromHex(hex);
  const refusal = refusalOf(() => decodeBlock(bytes));
  if (refusal !== undefined) {
    if (expect.outcome !== "error" && expect.also_accept !== "error") throw refusal;
    return;
  }
  const block = decodeBlock(bytes);
  if (block === NEGATIVE_BLOCK) {
    assertEqual("outcome", "negative", expect.outcome);
    return;
  }
  assertEqual("outcome", "ok", expect.outcome);
  const header = decodeBlockHeader(bytes);
  assertEqual("schema version", block.schemaVersion, expect.schema_version);
  assertEqual("layout version", header.layoutVersion, expect.layout_version);
  assertEqual("compression", header.compressionCode, expect.compression_code);
  assertEqual("data type", block.dataTypeCode, expect.data_type_code);
  assertEqual("expiry", block.expiryAtSeconds, Number(expect.expiry_at));
  assertEqual("expired", isExpired(block.expiryAtSeconds, now * 1000), expect.expired);
  if (expect.payload_hex !== undefined) assertBytes("payload", block.payload, expect.payload_hex);
  assertDigest("payload", block.payload, { sha256: expect.payload_sha256 });
}

interface ReadCase {
  readonly data_type: string;
  readonly payload_hex: string;
  readonly pos: number;
  readonly num_features: number;
  readonly vector_lengths?: readonly number[];
  readonly expect: { readonly outcome: "ok" | "error"; readonly bytes_hex?: string };
}

/** Reads do not depend on the strings' limits, which these cases do not give. */
const ANY_STRING_LENGTH = 65_535;

export function runFeatureRead(vector: ReadCase): void {
  const count = vector.num_features;
  const limits = new Array<number>(count).fill(ANY_STRING_LENGTH);
  const dataType = typeOf(vector.data_type);
  const layout = createFeatureLayout(dataType, count, vector.vector_lengths, limits);
  const payload = fromHex(vector.payload_hex);
  if (vector.expect.outcome === "error") {
    assertRefused("feature", () => readFeature(layout, payload, vector.pos));
  } else {
    const bytes = readFeature(layout, payload, vector.pos);
    assertBytes("feature", bytes, vector.expect.bytes_hex as string);
  }
}

interface ExpiryCase {
  readonly op: "encode" | "decode";
  readonly now: number;
  readonly expiry_at: number;
  readonly bytes_hex: string;
  readonly expect: {
    readonly outcome?: string;
    readonly bytes_hex: string;
    readonly decoded: number;
    readonly probes: readonly Probe[];
  };
}

export function runExpiry(vector: ExpiryCase): void {
  const { expect } = vector;
  let bytes: Uint8Array;
  if (vector.op === "encode") {
    bytes = new Uint8Array(5);
    if (expect.outcome === "error") {
      assertRefused("expiry", () => encodeExpiry(vector.expiry_at, vector.now, bytes, 0));
      return;
    }
    encodeExpiry(vector.expiry_at, vector.now, bytes, 0);
    assertBytes("expiry", bytes, expect.bytes_hex);
  } else {
    bytes = fromHex(vector.bytes_hex);
  }
  const decoded = decodeExpiry(bytes, 0);
  assertEqual("decoded expiry", decoded, Number(expect.decoded));
  assertProbes(decoded, expect.probes);
}
