import {
  type Block,
  type Compression,
  decodeBlock,
  encodeInMemoryRecord,
  encodeRecord,
  isExpired,
  NEGATIVE_BLOCK,
  readCacheRecord,
  readLiveStoreEntries,
  readStoreRecord,
} from "../../src/index.ts";
import { buildBlock } from "./blocks.ts";
import {
  assertBytes,
  assertDigest,
  assertEqual,
  CaseFailure,
  fromHex,
  refusalOf,
  sha256,
} from "./case.ts";
import type { ValuesGenerator } from "./inputs.ts";

interface GroupInput {
  readonly fg_id: number;
  readonly state: "data" | "negative" | "expired";
  readonly psdb_hex?: string;
}

interface GeneratedGroup extends GroupInput {
  readonly data_type: string;
  readonly expiry_at: number;
  readonly schema_version: number;
  readonly requested_compression: Compression;
  readonly values_generator: ValuesGenerator;
  readonly psdb_len: number;
  readonly psdb_sha256: string;
}

interface RecordCase {
  readonly op: "encode" | "encode_size" | "parse";
  readonly groups: readonly (GroupInput | GeneratedGroup)[];
  readonly csdb_hex: string;
  readonly mode: "distributed" | "in_memory" | "storage" | "storage_all";
  readonly requested_fg_ids?: readonly number[];
  readonly now: number;
  readonly expect: {
    readonly outcome?: "ok" | "miss" | "error";
    readonly distributed_hex: string;
    readonly in_memory_hex: string;
    readonly csdb_len: number;
    readonly csdb_sha256: string;
    readonly groups: Readonly<Record<string, ExpectedGroup>>;
  };
}

interface ExpectedGroup {
  readonly state: "data" | "negative" | "expired";
  readonly schema_version?: number;
  readonly data_type_code?: number;
  readonly payload_sha256?: string;
}

const NO_BYTES = new Uint8Array(0);

export function runRecord(vector: RecordCase): void {
  switch (vector.op) {
    case "encode":
      runEncode(vector);
      break;
    case "encode_size":
      runEncodeSize(vector);
      break;
    case "parse":
      runParse(vector);
      break;
    default:
      throw new CaseFailure(`op ${String(vector.op)} is unknown`);
  }
}

/** Expired data is written as negative. */
function runEncode({ groups, expect }: RecordCase): void {
  const entries = groups.map(({ fg_id: groupId, state, psdb_hex: hex }) => ({
    groupId,
    block: state === "data" ? fromHex(hex as string) : NO_BYTES,
  }));
  assertBytes("distributed form", encodeRecord(entries), expect.distributed_hex);
  assertBytes("in-memory form", encodeInMemoryRecord(entries), expect.in_memory_hex);
}

function runEncodeSize({ groups, expect }: RecordCase): void {
  const entries = (groups as readonly GeneratedGroup[]).map((group) => {
    const { block } = buildBlock(group);
    assertEqual("block length", block.length, group.psdb_len);
    assertEqual("block sha256", sha256(block), group.psdb_sha256);
    return { groupId: group.fg_id, block };
  });
  const refusal = refusalOf(() => encodeRecord(entries));
  assertEqual("outcome", refusal === undefined ? "ok" : "error", expect.outcome);
  if (refusal !== undefined) return;
  const record = encodeRecord(entries);
  assertDigest("record", record, { length: expect.csdb_len, sha256: expect.csdb_sha256 });
}

function runParse(vector: RecordCase): void {
  const { expect } = vector;
  let groups: ReadonlyMap<number, Block> | undefined;
  const refusal = refusalOf(() => {
    groups = parse(vector);
  });
  const outcome = refusal !== undefined ? "error" : groups === undefined ? "miss" : "ok";
  assertEqual("outcome", outcome, expect.outcome);
  if (groups === undefined) return;
  assertEqual(
    "groups",
    [...groups.keys()].sort((a, b) => a - b).join(),
    Object.keys(expect.groups)
      .map(Number)
      .sort((a, b) => a - b)
      .join(),
  );
  for (const [groupId, expected] of Object.entries(expect.groups)) {
    assertGroup(Number(groupId), groups.get(Number(groupId)) as Block, expected, vector.now);
  }
}

/** @returns undefined for a miss */
function parse(vector: RecordCase): ReadonlyMap<number, Block> | undefined {
  const record = fromHex(vector.csdb_hex);
  const nowMs = vector.now * 1000;
  if (vector.mode === "storage_all") {
    const entries = readLiveStoreEntries(record, nowMs);
    return new Map(entries.map(({ groupId, block }) => [groupId, decodeBlock(block)]));
  }
  const groupIds = vector.requested_fg_ids ?? [];
  const blocks =
    vector.mode === "storage"
      ? readStoreRecord(record, groupIds).map((bytes) => decodeBlock(bytes ?? NO_BYTES))
      : readCacheRecord(record, groupIds, nowMs);
  if (blocks === undefined) return undefined;
  return new Map(groupIds.map((groupId, i) => [groupId, blocks[i] as Block]));
}

function assertGroup(groupId: number, block: Block, expected: ExpectedGroup, now: number): void {
  const isOver = isExpired(block.expiryAtSeconds, now * 1000);
  const state = block === NEGATIVE_BLOCK ? "negative" : isOver ? "expired" : "data";
  assertEqual(`group ${groupId} state`, state, expected.state);
  if (state !== "data") return;
  assertEqual(`group ${groupId} schema version`, block.schemaVersion, expected.schema_version);
  assertEqual(`group ${groupId} data type`, block.dataTypeCode, expected.data_type_code);
  assertDigest(`group ${groupId} payload`, block.payload, { sha256: expected.payload_sha256 });
}
