import type { CallLimits } from "./call-limits.ts";
import { OfsClientError } from "./errors.ts";

/** Rows from `start` to before `end`. */
export interface RowRange {
  readonly start: number;
  readonly end: number;
}

/** @returns ranges of at most `size` rows that cover `count` rows in order */
export function splitByCount(count: number, size: number): RowRange[] {
  const ranges: RowRange[] = [];
  for (let start = 0; start < count; start += size) {
    ranges.push({ start, end: Math.min(count, start + size) });
  }
  return ranges;
}

/**
 * @param sizes of the rows
 * @param room for rows in one batch; no row is larger
 * @returns ranges whose sizes add up to at most `room`, covering all rows in order
 */
export function splitBySize(sizes: readonly number[], room: number): RowRange[] {
  const ranges: RowRange[] = [];
  let start = 0;
  let used = 0;
  sizes.forEach((size, row) => {
    if (row > start && used + size > room) {
      ranges.push({ start, end: row });
      start = row;
      used = 0;
    }
    used += size;
  });
  if (start < sizes.length) ranges.push({ start, end: sizes.length });
  return ranges;
}

/** What became of one batch; `undefined` for one that was not sent. */
export type BatchOutcome<T> =
  | { readonly value: T }
  | { readonly error: OfsClientError }
  | undefined;

export interface BatchRun<T> {
  /** By batch. */
  readonly outcomes: readonly BatchOutcome<T>[];
  /** The first failure in time. */
  readonly firstError: OfsClientError | undefined;
}

export interface BatchSettings {
  /** Batches on their way at the same time. */
  readonly concurrency: number;
  /**
   * What a failure does to the other batches: none; no more are sent; and those on their way are cancelled,
   * too.
   */
  readonly onFailure: "go-on" | "stop-sending" | "cancel";
}

/**
 * Carries out batches in order, several at a time. Failures are outcomes.
 *
 * @param send must fail with {@link OfsClientError} only; anything else is a defect and rejects
 */
export async function runBatches<B, T>(
  batches: readonly B[],
  settings: BatchSettings,
  limits: CallLimits,
  send: (batch: B, limits: CallLimits) => Promise<T>,
): Promise<BatchRun<T>> {
  const stop = new AbortController();
  const signal =
    limits.signal === undefined ? stop.signal : AbortSignal.any([limits.signal, stop.signal]);
  const batchLimits = settings.onFailure === "cancel" ? { ...limits, signal } : limits;
  const outcomes = new Array<BatchOutcome<T>>(batches.length).fill(undefined);
  let firstError: OfsClientError | undefined;
  let next = 0;

  const work = async (): Promise<void> => {
    while (next < batches.length) {
      if (firstError !== undefined && settings.onFailure !== "go-on") return;
      const index = next++;
      const outcome = await settle(send(batches[index] as B, batchLimits));
      outcomes[index] = outcome;
      if ("value" in outcome) continue;
      firstError ??= outcome.error;
      if (settings.onFailure === "cancel") stop.abort(outcome.error);
    }
  };

  const workers = Math.min(settings.concurrency, batches.length);
  await Promise.all(Array.from({ length: workers }, work));
  return { outcomes, firstError };
}

async function settle<T>(
  sending: Promise<T>,
): Promise<{ readonly value: T } | { readonly error: OfsClientError }> {
  try {
    return { value: await sending };
  } catch (error) {
    if (error instanceof OfsClientError) return { error };
    throw error;
  }
}
