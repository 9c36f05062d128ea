import {
  type AssignedPartition,
  partitionName,
  type RecordSource,
  type SourceListener,
  type SourceRecord,
  type TopicPartition,
} from "@ofs/ingest";
import { waitUntil } from "@ofs/testkit";

/** Waiting for a group to form, or to notice that one of its members is gone. */
const PATIENCE_MS = 30_000;

export interface ReaderHooks {
  /** Called while partitions are being taken away; what it returns is waited for. */
  readonly onRevoked?: (partitions: readonly TopicPartition[]) => Promise<void>;
}

/** Listens to a source, remembers everything, and checks what holds for every call. */
export class Reader implements SourceListener {
  readonly source: RecordSource;
  /** What is read now, with where its reading began. */
  readonly owned = new Map<string, AssignedPartition>();
  readonly received: SourceRecord[] = [];
  readonly endOffsets = new Map<string, number>();
  /** One entry a call: `assigned a/0 a/1`, `revoked ...`, `lost ...`. */
  readonly calls: string[] = [];
  /** What a source must never do, as found. */
  readonly violations: string[] = [];
  readonly #hooks: ReaderHooks;
  readonly #next = new Map<string, number>();
  #isRevoking = false;

  constructor(source: RecordSource, hooks: ReaderHooks = {}) {
    this.source = source;
    this.#hooks = hooks;
  }

  start(): Promise<void> {
    return this.source.start(this);
  }

  assigned(partitions: readonly AssignedPartition[]): void {
    this.#note("assigned", partitions);
    for (const partition of partitions) {
      const name = partitionName(partition);
      if (this.owned.has(name)) this.violations.push(`${name} is assigned twice`);
      this.owned.set(name, partition);
      this.#next.set(name, partition.committed?.offset ?? 0);
    }
  }

  async revoked(partitions: readonly TopicPartition[]): Promise<void> {
    this.#note("revoked", partitions);
    this.#forget(partitions);
    this.#isRevoking = true;
    await this.#hooks.onRevoked?.(partitions);
    this.#isRevoking = false;
  }

  lost(partitions: readonly TopicPartition[]): void {
    this.#note("lost", partitions);
    this.#forget(partitions);
  }

  records(from: TopicPartition, records: readonly SourceRecord[], endOffset: number): void {
    const name = partitionName(from);
    if (this.#isRevoking) this.violations.push(`records of ${name} while others are revoked`);
    if (!this.owned.has(name)) this.violations.push(`records of ${name}, which is not assigned`);
    let next = this.#next.get(name) ?? 0;
    for (const record of records) {
      if (partitionName(record) !== name) {
        this.violations.push(`a record of ${partitionName(record)} among those of ${name}`);
      }
      if (record.offset < next) this.violations.push(`${name}: ${record.offset} is below ${next}`);
      next = record.offset + 1;
      this.received.push(record);
    }
    if (endOffset < next) this.violations.push(`${name} ends at ${endOffset}, before ${next}`);
    this.#next.set(name, next);
    this.endOffsets.set(name, endOffset);
  }

  /** Values of what came, as text, in the order it came. */
  get values(): string[] {
    return this.received.map(({ value }) => text(value) ?? "");
  }

  async owns(partitionCount: number): Promise<void> {
    await waitUntil(() => this.owned.size === partitionCount, {
      what: `${partitionCount} partitions; ${JSON.stringify(this.source.status())}, ${this.calls.join("; ")}`,
      timeoutMs: PATIENCE_MS,
    });
  }

  async has(recordCount: number): Promise<void> {
    await waitUntil(() => this.received.length >= recordCount, {
      what: `${recordCount} records; ${JSON.stringify(this.source.status())}, ${this.calls.join("; ")}`,
      timeoutMs: PATIENCE_MS,
    });
  }

  async is(state: string): Promise<void> {
    await waitUntil(() => this.source.status().state === state, {
      what: `state ${state}`,
      timeoutMs: PATIENCE_MS,
    });
  }

  #note(call: string, partitions: readonly TopicPartition[]): void {
    if (this.#isRevoking) this.violations.push(`${call} while others are revoked`);
    this.calls.push([call, ...partitions.map(partitionName).sort()].join(" "));
  }

  #forget(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) {
      const name = partitionName(partition);
      if (!this.owned.delete(name)) this.violations.push(`${name} is taken but was not assigned`);
    }
  }
}

export function text(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes).toString();
}
