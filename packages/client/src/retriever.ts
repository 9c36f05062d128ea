import {
  encodeKeys,
  encodeRetrieveHead,
  encodeRetrieveQuery,
  ProtoError,
  type ResultSchema,
  type RetrieveResultView,
  type RetrieveShape,
  readRetrieveResult,
  retrieve,
} from "@ofs/proto";
import { runBatches, splitByCount } from "./batches.ts";
import type { CallLimits } from "./call-limits.ts";
import { OfsClientError } from "./errors.ts";
import type { Outcome } from "./with-schema.ts";

/** Sends one request and gives its answer's bytes. */
export type Send = (method: string, request: Uint8Array, limits: CallLimits) => Promise<Uint8Array>;

const RETRIEVE_METHOD = "/retrieve.FeatureService/RetrieveFeatures";
const RETRIEVE_DECODED_METHOD = "/retrieve.FeatureService/RetrieveDecodedResult";

/** One row as it was answered, or why its batch was not. */
export type RowOutcome<T> = { readonly value: T } | { readonly error: OfsClientError };

export interface RetrieverSettings {
  readonly batchSize: number;
  readonly concurrency: number;
}

/** Reads rows batch by batch, several at a time, and puts them in the order of the keys. */
export class Retriever {
  readonly #send: Send;
  readonly #settings: RetrieverSettings;

  constructor(send: Send, settings: RetrieverSettings) {
    this.#send = send;
    this.#settings = settings;
  }

  /**
   * Reads columns as bytes.
   *
   * @param decode makes one value a row, in order, of a checked answer
   * @param isPartial whether the other batches go on when one fails
   */
  retrieve<T>(
    shape: RetrieveShape,
    keys: readonly (readonly string[])[],
    decode: (result: RetrieveResultView) => readonly T[],
    isPartial: boolean,
    limits: CallLimits,
  ): Promise<Outcome<RowOutcome<T>[]>> {
    return this.#run(RETRIEVE_METHOD, shape, keys, isPartial, limits, (bytes, asked) => {
      const result = decodeAnswer(() => readRetrieveResult(bytes));
      checkRows(shape, asked, result.rowKeys, (row) => {
        return (result.rowColumns[row + 1] as number) - (result.rowColumns[row] as number);
      });
      checkSchemas(shape, result.featureSchemas);
      return decode(result);
    });
  }

  /** Reads columns as text. */
  retrieveDecoded(
    shape: RetrieveShape,
    keys: readonly (readonly string[])[],
    isPartial: boolean,
    limits: CallLimits,
  ): Promise<Outcome<RowOutcome<readonly string[]>[]>> {
    return this.#run(RETRIEVE_DECODED_METHOD, shape, keys, isPartial, limits, (bytes, asked) => {
      const { rows } = decodeAnswer(() => retrieve.DecodedResult.decode(bytes));
      const rowKeys = rows.map((row) => row.keys ?? []);
      const columns = rows.map((row) => row.columns ?? []);
      checkRows(shape, asked, rowKeys, (row) => columns[row]?.length ?? 0);
      return columns;
    });
  }

  async #run<T>(
    method: string,
    shape: RetrieveShape,
    keys: readonly (readonly string[])[],
    isPartial: boolean,
    limits: CallLimits,
    decode: (bytes: Uint8Array, asked: readonly (readonly string[])[]) => readonly T[],
  ): Promise<Outcome<RowOutcome<T>[]>> {
    const { batchSize, concurrency } = this.#settings;
    const head = encodeRetrieveHead(shape);
    const batches = splitByCount(keys.length, batchSize);
    const { outcomes, firstError } = await runBatches(
      batches,
      { concurrency, onFailure: isPartial ? "go-on" : "cancel" },
      limits,
      async ({ start, end }, batchLimits) => {
        const asked = keys.slice(start, end);
        const request = encodeRetrieveQuery(head, asked.map(encodeKeys));
        return decode(await this.#send(method, request, batchLimits), asked);
      },
    );
    if (firstError !== undefined && !isPartial) {
      return { value: undefined, error: firstError, isRepeatable: true };
    }
    const rows: RowOutcome<T>[] = [];
    outcomes.forEach((outcome, batch) => {
      const { start, end } = batches[batch] as { start: number; end: number };
      for (let row = start; row < end; row++) {
        if (outcome !== undefined && "value" in outcome) {
          rows.push({ value: outcome.value[row - start] as T });
        } else rows.push({ error: outcome?.error ?? (firstError as OfsClientError) });
      }
    });
    return { value: rows, error: firstError, isRepeatable: true };
  }
}

/** @throws {OfsClientError} INTERNAL if the answer is no message */
function decodeAnswer<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    const reason = cause instanceof ProtoError ? cause.message : String(cause);
    throw new OfsClientError("INTERNAL", `the answer cannot be decoded: ${reason}`, { cause });
  }
}

function checkRows(
  shape: RetrieveShape,
  asked: readonly (readonly string[])[],
  answered: readonly (readonly string[])[],
  columnCount: (row: number) => number,
): void {
  if (answered.length !== asked.length) {
    throw wrongAnswer(`${answered.length} rows for ${asked.length} keys`);
  }
  const expected = shape.featureGroups.reduce((sum, { featureLabels }) => {
    return sum + featureLabels.length;
  }, 0);
  asked.forEach((key, row) => {
    const keys = answered[row] as readonly string[];
    if (keys.length !== key.length || keys.some((part, i) => part !== key[i])) {
      throw wrongAnswer(`row ${row} is of key (${keys.join(", ")}), not (${key.join(", ")})`);
    }
    const count = columnCount(row);
    if (count !== expected) throw wrongAnswer(`${count} columns for ${expected} features`);
  });
}

function checkSchemas(shape: RetrieveShape, answered: readonly ResultSchema[]): void {
  const expected = schemasOf(shape);
  const isSame =
    answered.length === expected.length &&
    expected.every(({ label, features }, g) => {
      const schema = answered[g] as ResultSchema;
      return (
        schema.label === label &&
        schema.features.length === features.length &&
        features.every((feature, f) => {
          const other = schema.features[f];
          return other?.label === feature.label && other.columnIdx === feature.columnIdx;
        })
      );
    });
  if (!isSame) throw wrongAnswer("its columns are not the features that were asked for");
}

function wrongAnswer(reason: string): OfsClientError {
  return new OfsClientError("INTERNAL", `the answer does not fit the request: ${reason}`);
}

/** @returns where each feature of a shape stands in a row, labels without the suffix of a narrower type */
export function schemasOf(shape: RetrieveShape): ResultSchema[] {
  let columnIdx = 0;
  return shape.featureGroups.map(({ label, featureLabels }) => ({
    label,
    features: featureLabels.map((asked) => ({ label: baseLabel(asked), columnIdx: columnIdx++ })),
  }));
}

function baseLabel(asked: string): string {
  const parts = asked.split("@");
  return parts.length === 2 && parts[1] !== "" ? (parts[0] as string) : asked;
}
