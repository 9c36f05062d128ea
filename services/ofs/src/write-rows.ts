import type { FeatureValue } from "@ofs/codec";
import type { EntityRow } from "./rows.ts";

/** Rows of one call. The client makes requests of them, several at once; calls follow each other, so the later of two rows of one key wins. */
const CHUNK_ROWS = 2_000;

/** What is needed of the client: values without gaps. */
export interface RowSink {
  persist(request: {
    readonly entity: string;
    readonly rows: readonly {
      readonly keys: Readonly<Record<string, string>>;
      readonly values: Readonly<Record<string, Readonly<Record<string, FeatureValue>>>>;
    }[];
  }): Promise<unknown>;
}

/**
 * Writes any number of rows, with bounded memory.
 *
 * @param onStored hears how many rows are stored in all, after each chunk
 * @returns how many rows were written
 * @throws what a call fails with; the chunks before it are stored
 */
export async function writeRows(
  sink: RowSink,
  entity: string,
  rows: AsyncIterable<EntityRow> | Iterable<EntityRow>,
  onStored: (storedCount: number) => void,
): Promise<number> {
  let storedCount = 0;
  let chunk: EntityRow[] = [];
  const flush = async (): Promise<void> => {
    await sink.persist({ entity, rows: chunk.map(toPersistRow) });
    storedCount += chunk.length;
    chunk = [];
    onStored(storedCount);
  };
  for await (const row of rows) {
    chunk.push(row);
    if (chunk.length >= CHUNK_ROWS) await flush();
  }
  if (chunk.length > 0) await flush();
  return storedCount;
}

/** Without the features that are left to their defaults. */
export function toPersistRow({ keys, features }: EntityRow): {
  readonly keys: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, Readonly<Record<string, FeatureValue>>>>;
} {
  const values: Record<string, Record<string, FeatureValue>> = {};
  for (const [group, features_] of Object.entries(features)) {
    const given = Object.entries(features_).filter(([, value]) => value !== undefined);
    if (given.length > 0) values[group] = Object.fromEntries(given) as Record<string, FeatureValue>;
  }
  return { keys, values };
}
