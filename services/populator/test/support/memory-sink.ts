import type { NewRecord, RecordSink } from "@ofs/ingest";
import { decodePersistQuery, type PersistRow } from "@ofs/proto";

/** Keeps what is produced. */
export class MemorySink implements RecordSink {
  readonly retryCount = 0;
  readonly records: NewRecord[] = [];
  /** Called before each batch is kept; what it throws is the answer. */
  beforeProduce: (records: readonly NewRecord[]) => Promise<void> = async () => undefined;

  async produce(records: readonly NewRecord[]): Promise<void> {
    await this.beforeProduce(records);
    this.records.push(...records);
  }

  /** Begins anew. */
  forget(): void {
    this.records.length = 0;
    this.beforeProduce = async () => undefined;
  }

  async close(): Promise<void> {
    await Promise.resolve();
  }

  /** Rows of the block dialect. */
  blockRows(): PersistRow[] {
    return this.records.flatMap(({ value }) => decodePersistQuery(value as Uint8Array).data);
  }

  /** Values as text. */
  texts(): string[] {
    return this.records.map(({ value }) => Buffer.from(value as Uint8Array).toString());
  }
}

export function headerText({ headers }: NewRecord, name: string): string | undefined {
  const found = headers.find(([each]) => each === name)?.[1];
  return found && Buffer.from(found).toString();
}
