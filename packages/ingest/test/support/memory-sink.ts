import { headerOf, type NewRecord, type RecordSink, SinkError } from "@ofs/ingest";

/** Keeps what is produced. */
export class MemorySink implements RecordSink {
  readonly retryCount = 0;
  readonly records: NewRecord[] = [];
  /** Largest value and headers that it takes, in bytes. */
  maxBytes = Number.POSITIVE_INFINITY;
  /** Decides what becomes of a batch. */
  fail: (records: readonly NewRecord[]) => Error | undefined = () => undefined;
  produceCount = 0;
  isClosed = false;

  async produce(records: readonly NewRecord[]): Promise<void> {
    this.produceCount += 1;
    await Promise.resolve();
    const error = this.fail(records);
    if (error !== undefined) throw error;
    const large = records.find((record) => sizeOf(record) > this.maxBytes);
    if (large !== undefined) throw new SinkError("TOO_LARGE", `${sizeOf(large)} bytes`);
    this.records.push(...records);
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

function sizeOf({ headers, key, value }: NewRecord): number {
  let bytes = (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, text] of headers) bytes += name.length + text.length;
  return bytes;
}

/** @returns the text of a record's last header of this name */
export function headerText(record: Pick<NewRecord, "headers">, name: string): string | undefined {
  const value = headerOf(record, name);
  return value === undefined ? undefined : Buffer.from(value).toString();
}
