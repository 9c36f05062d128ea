import { z } from "zod";
import { invalid } from "./letter-filter.ts";

/**
 * How far a reading of a dead-letter topic has come. The ends are those of its beginning: letters that come meanwhile,
 * perhaps because of a replay, are not part of it, so that it ends.
 */
export interface LetterCursor {
  /** Partition, offset of the next letter, one past the last; those that are done are left out. */
  readonly rest: readonly (readonly [partition: number, offset: number, end: number])[];
}

const OFFSET = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const MAX_PARTITIONS = 10_000;
const SCHEMA = z.array(z.tuple([OFFSET, OFFSET, OFFSET])).max(MAX_PARTITIONS);

/** @returns a text for callers to hand back; undefined at the end */
export function formatCursor({ rest }: LetterCursor): string | undefined {
  if (rest.length === 0) return undefined;
  return Buffer.from(JSON.stringify(rest)).toString("base64url");
}

/** @throws {FeatureStoreError} INVALID_ARGUMENT */
export function parseCursor(text: string): LetterCursor {
  try {
    return { rest: SCHEMA.parse(JSON.parse(Buffer.from(text, "base64url").toString("utf8"))) };
  } catch {
    throw invalid("cursor", "one that an earlier answer gave", text);
  }
}
