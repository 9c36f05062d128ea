import {
  type Commit,
  FormatTable,
  IngestMetrics,
  Ingestor,
  type IngestSettings,
  partitionName,
  type RecordHeader,
  SinkError,
  SourceError,
  type SourceRecord,
} from "@ofs/ingest";
import { createLogger, type ErrorCode, FeatureStoreError } from "@ofs/platform";
import { type SeededRandom, seededRandom } from "@ofs/testkit";
import { Registry } from "prom-client";
import { header, partitionOf } from "../support/ingest-rig.ts";
import { MemoryGroup, MemorySource } from "../support/memory-group.ts";
import { headerText, MemorySink } from "../support/memory-sink.ts";
import {
  encodeMessage,
  MemoryStore,
  RowFormat,
  type TestMessage,
  type TestRow,
} from "../support/row-format.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const PARTITIONS = 3;
const KEYS_PER_PARTITION = 6;
const MEMBERS = 2;
const TRANSIENT: readonly ErrorCode[] = ["UNAVAILABLE", "DEADLINE_EXCEEDED", "ABORTED"];
const SETTINGS: Partial<IngestSettings> = {
  lanesPerConnection: 3,
  batchRows: 7,
  maxInFlightRecords: 60,
  maxPartitionRecords: 40,
  commitIntervalMs: 300,
  revokeTimeoutMs: 500,
  haltRetryMs: 2_000,
  retryMaxMs: 400,
};

/** What must come of a record, worked out from the whole log without the loop. */
interface Expected {
  readonly writeTimeMicros: number;
  readonly good: readonly TestRow[];
  /** Rows that the store refuses, unless a newer one of their key is stored along with them. */
  readonly refused: readonly TestRow[];
  readonly isLettered: boolean;
}

interface Member {
  readonly ingestor: Ingestor;
  readonly source: MemorySource;
  readonly timers: { kill(): void };
  isDead: boolean;
}

/**
 * Members of one group read a log while everything around them fails at random and they themselves are killed, and
 * checks all along that nothing is committed that is neither stored nor dead-lettered.
 */
export class IngestModel {
  readonly #random: SeededRandom;
  readonly #clock = new VirtualClock();
  readonly #group = new MemoryGroup();
  readonly #store = new MemoryStore();
  readonly #sink = new MemorySink();
  readonly #names = new Set<string>();
  readonly #expected = new Map<string, Expected>();
  readonly #checkedTo = new Map<string, number>();
  readonly #members: Member[] = [];
  readonly #log = createLogger({ service: "test", level: "DISABLED" });
  readonly #headerTimes = new Set<number>();
  #isCalm = false;
  crashes = 0;
  moves = 0;
  commits = 0;
  retries = 0;

  constructor(seed: number, recordsPerPartition: number) {
    this.#random = seededRandom(seed);
    for (let partition = 0; partition < PARTITIONS; partition++) {
      this.#fill(partition, recordsPerPartition);
    }
    this.#group.onCommit = (commit) => this.#check(commit);
    this.#sink.fail = () =>
      this.#chance(0.2) ? new SinkError("UNAVAILABLE", "sink is away") : undefined;
  }

  /** Runs until everything is committed. @throws {Error} if a rule is broken */
  async run(steps: number): Promise<void> {
    for (let index = 0; index < MEMBERS; index++) await this.#join();
    for (let partition = 0; partition < PARTITIONS; partition++) {
      this.#memberFor(partition).source.assign(partitionOf(partition));
    }
    for (let step = 0; step < steps; step++) {
      await this.#clock.advance(this.#random.integer(1, 120));
      await this.#disturb();
    }
    for (let index = 1; index <= 9; index++) this.#register(`name-${index}`);
    this.#isCalm = true;
    await this.#clock
      .until(() => this.#isCommitted(), 120_000, 500)
      .catch((cause: unknown) => {
        const living = this.#members.filter(({ isDead }) => !isDead);
        const all = living.map(({ ingestor }) => ingestor.status());
        throw new Error(`it does not end: ${JSON.stringify(all)}`, { cause });
      });
    this.#checkEnd();
    for (const { ingestor } of this.#members) void ingestor.close(0);
    await this.#clock.advance(1_000);
  }

  #chance(share: number): boolean {
    return !this.#isCalm && this.#random.next() < share;
  }

  /** Time goes on slowly, so that many records share a millisecond, and is a little out of order. */
  #fill(partition: number, count: number): void {
    const counts = new Map<number, number>();
    // Partitions share keys, so no two share a millisecond.
    const stepMs = PARTITIONS;
    let ms = Math.floor((this.#clock.now() - 1_000_000) / stepMs) * stepMs + partition;
    for (let index = 0; index < count; index++) {
      if (this.#random.next() < 0.4) ms += this.#random.integer(1, 3) * stepMs;
      const timestampMs =
        ms - (this.#random.next() < 0.1 ? this.#random.integer(0, 2) * stepMs : 0);
      const place = counts.get(timestampMs) ?? 0;
      counts.set(timestampMs, place + 1);
      const headers = this.#headers(timestampMs);
      const writeTimeMs = headers.length > 0 ? Number(headers[0]?.[1]) : undefined;
      const message = this.#message(partition, index);
      const micros = writeTimeMs === undefined ? timestampMs * 1000 + place : writeTimeMs * 1000;
      this.#append(partition, message, { headers, timestampMs }, micros);
    }
  }

  #append(
    partition: number,
    message: TestMessage,
    about: { headers: readonly RecordHeader[]; timestampMs: number },
    writeTimeMicros: number,
  ): void {
    const to = partitionOf(partition);
    // Offsets have gaps, as transactions leave them.
    const offset = this.#group.endOffset(to) + (this.#random.next() < 0.1 ? 2 : 0);
    const record = this.#group.add(to, { ...about, offset, value: encodeMessage(message) });
    const rows = message.isPoison ? [] : message.rows.filter(({ isBad }) => !isBad);
    this.#expected.set(nameOf(record), {
      writeTimeMicros,
      good: rows.filter(({ isRefused }) => !isRefused),
      refused: rows.filter(({ isRefused }) => isRefused),
      isLettered: message.isPoison === true || message.rows.some(({ isBad }) => isBad),
    });
  }

  /** Few, and no two with one time: ties are decided by the order of arrival, which a hand-over may change. */
  #headers(timestampMs: number): readonly RecordHeader[] {
    const writeTimeMs = timestampMs - 500_000;
    if (this.#random.next() > 0.05 || this.#headerTimes.has(writeTimeMs)) return [];
    this.#headerTimes.add(writeTimeMs);
    return [header("write-time", String(writeTimeMs))];
  }

  #message(partition: number, index: number): TestMessage {
    const rows: TestRow[] = [];
    const count = this.#random.integer(1, 4);
    for (let row = 0; row < count; row++) {
      // Distinct keys: in one message the format keeps the last row of a key.
      const owner = this.#random.next() < 0.3 ? "shared" : `p${partition}`;
      const key = `${owner}-k${(this.#random.integer(0, 2) + row * 2) % KEYS_PER_PARTITION}`;
      if (rows.some((one) => one.key === key)) continue;
      const connection = this.#random.pick(["main", "main", "other"]);
      const isBad = this.#random.next() < 0.02;
      const isRefused = this.#random.next() < 0.02;
      const value = `${index}.${row}`;
      rows.push({ key, value, connection, table: connection, isBad, isRefused });
    }
    const needs = this.#random.next() < 0.03 ? `name-${this.#random.integer(1, 9)}` : undefined;
    const isPoison = this.#random.next() < 0.02;
    return { rows, isPoison, ...(needs === undefined ? {} : { needs }) };
  }

  async #join(): Promise<void> {
    const clock = this.#clock;
    const timers = clock.createTimers();
    const source = new MemorySource(this.#group, clock, this.#random.integer(1, 20));
    const member = { source, timers, isDead: false } as unknown as Member;
    const format = this.#format(member);
    const ingestor = new Ingestor({
      source,
      deadLetters: this.#sink,
      formats: new FormatTable([{ format }]),
      settings: SETTINGS,
      now: clock.now,
      monotonicNow: clock.now,
      timers,
      random: () => this.#random.next(),
      metrics: new IngestMetrics(new Registry()),
      log: this.#log,
    });
    source.failCommit = () =>
      this.#chance(0.2) ? new SourceError("UNAVAILABLE", "group is away") : undefined;
    source.commitLatencyMs = 5;
    Object.assign(member, { ingestor });
    this.#members.push(member);
    await ingestor.start();
  }

  #format(member: Member): RowFormat {
    const format = new RowFormat(this.#clock, this.#store);
    format.registry = this.#names;
    format.latencyMs = () => (this.#isCalm ? 1 : this.#random.integer(1, 60));
    format.fail = ({ key }) => {
      // What a dead process had sent may still arrive, or not.
      if (member.isDead && this.#chance(0.5)) return new FeatureStoreError("CANCELLED", "dead");
      if (this.#chance(0.1)) {
        this.retries += 1;
        return new FeatureStoreError(this.#random.pick(TRANSIENT), `${key} later`);
      }
      return this.#chance(0.005) ? new FeatureStoreError("INTERNAL", `${key} fails`) : undefined;
    };
    format.onPrepare = (record, writeTimeMicros) => {
      const expected = this.#expected.get(nameOf(record))?.writeTimeMicros;
      if (writeTimeMicros !== expected) {
        throw new Error(`${nameOf(record)}: write time ${writeTimeMicros}, not ${expected}`);
      }
    };
    return format;
  }

  async #disturb(): Promise<void> {
    if (this.#chance(0.05)) this.#register(`name-${this.#random.integer(1, 9)}`);
    if (this.#chance(0.08)) await this.#move(this.#random.integer(0, PARTITIONS - 1));
    if (this.#chance(0.03)) await this.#crash(this.#random.integer(0, MEMBERS - 1));
  }

  #register(name: string): void {
    if (this.#names.has(name)) return;
    this.#names.add(name);
    for (const { ingestor, isDead } of this.#members) if (!isDead) ingestor.registryChanged();
  }

  async #move(partition: number): Promise<void> {
    const of = partitionOf(partition);
    const { source } = this.#memberFor(partition);
    this.moves += 1;
    if (this.#chance(0.3)) source.lose(of);
    else {
      const revoked = source.revoke(of);
      await this.#clock.advance(this.#random.integer(1, 700));
      // The group does not wait for ever; then what is still committed is refused.
      await Promise.race([revoked, this.#clock.advance(1)]);
    }
    this.#random.pick(this.#members.filter(({ isDead }) => !isDead)).source.assign(of);
  }

  async #crash(index: number): Promise<void> {
    const alive = this.#members.filter(({ isDead }) => !isDead);
    const member = alive[index] as Member;
    this.crashes += 1;
    const owned = [...Array(PARTITIONS).keys()].filter(
      (partition) => this.#group.ownerOf(partitionOf(partition)) === member.source,
    );
    member.isDead = true;
    member.timers.kill();
    member.source.crash();
    await this.#join();
    for (const partition of owned) {
      this.#random
        .pick(this.#members.filter(({ isDead }) => !isDead))
        .source.assign(partitionOf(partition));
    }
  }

  #memberFor(partition: number): Member {
    const owner = this.#group.ownerOf(partitionOf(partition));
    const found = this.#members.find(({ source }) => source === owner);
    return found ?? (this.#members.find(({ isDead }) => !isDead) as Member);
  }

  /** Everything below the offset must be where it belongs. */
  #check(commit: Commit): void {
    this.commits += 1;
    const name = partitionName(commit);
    const from = this.#checkedTo.get(name) ?? 0;
    for (const record of this.#group.log(commit)) {
      if (record.offset >= from && record.offset < commit.offset) this.#checkRecord(record);
    }
    this.#checkedTo.set(name, Math.max(from, commit.offset));
  }

  #checkRecord(record: SourceRecord): void {
    const expected = this.#expected.get(nameOf(record)) as Expected;
    const isStored = ({ connection, key }: TestRow): boolean => {
      const stored = this.#store.rows.get(`${connection}/${key}`);
      return stored !== undefined && stored.writeTimeMicros >= expected.writeTimeMicros;
    };
    if (!expected.good.every(isStored)) {
      throw new Error(`${nameOf(record)} is committed, but not stored`);
    }
    const needsLetter = expected.isLettered || !expected.refused.every(isStored);
    if (needsLetter && !this.#hasLetter(record)) {
      throw new Error(`${nameOf(record)} is committed, but has no dead letter`);
    }
  }

  #hasLetter({ offset, partition }: SourceRecord): boolean {
    return this.#sink.records.some(
      (letter) =>
        headerText(letter, "dlq-offset") === String(offset) &&
        headerText(letter, "dlq-partition") === String(partition),
    );
  }

  #isCommitted(): boolean {
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const of = partitionOf(partition);
      if (this.#group.committedOffset(of) !== this.#group.endOffset(of)) return false;
    }
    return true;
  }

  #checkEnd(): void {
    const newest = new Map<string, { value: string; writeTimeMicros: number }>();
    for (const { good, writeTimeMicros } of this.#expected.values()) {
      for (const { connection, key, value } of good) {
        const name = `${connection}/${key}`;
        if ((newest.get(name)?.writeTimeMicros ?? -1) > writeTimeMicros) continue;
        newest.set(name, { value, writeTimeMicros });
      }
    }
    for (const [name, { value, writeTimeMicros }] of newest) {
      const stored = this.#store.rows.get(name);
      if (stored?.value === value && stored.writeTimeMicros === writeTimeMicros) continue;
      throw new Error(`${name} is ${JSON.stringify(stored)}, not ${value} of ${writeTimeMicros}`);
    }
    for (const letter of this.#sink.records) {
      const name = `${headerText(letter, "dlq-partition")}@${headerText(letter, "dlq-offset")}`;
      const expected = this.#expected.get(name) as Expected;
      if (!expected.isLettered && expected.refused.length === 0) {
        throw new Error(`${name} is good, but dead-lettered: ${headerText(letter, "dlq-error")}`);
      }
    }
  }
}

function nameOf({ offset, partition }: SourceRecord): string {
  return `${partition}@${offset}`;
}
