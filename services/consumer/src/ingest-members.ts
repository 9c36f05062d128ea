import { Ingestor, type IngestorOptions, type IngestStatus } from "@ofs/ingest";
import type { Logger } from "@ofs/platform";
import type { ReadingSettings } from "./config/kafka-settings.ts";
import type { RecordLog } from "./log/record-log.ts";

/** What all members have in common. */
export type MemberOptions = Omit<IngestorOptions, "source" | "deadLetters" | "log">;

/** The block dialect's members of the group in this process: each with a source and a loop of its own. */
export class IngestMembers {
  readonly #ingestors: readonly Ingestor[];
  readonly #log: Logger;
  #starting: Promise<void> | undefined;
  #isClosed = false;

  constructor(reading: ReadingSettings, records: RecordLog, options: MemberOptions, log: Logger) {
    this.#log = log;
    this.#ingestors = Array.from({ length: reading.memberCount }, (_, index) => {
      const source = records.createSource({ ...reading, memberName: String(index) });
      const memberLog = log.child({ member: index });
      return new Ingestor({ ...options, source, deadLetters: records.sink, log: memberLog });
    });
  }

  /** The first call begins the reading; each has messages that wait for the registry tried again. */
  registryChanged(): void {
    if (this.#isClosed) return;
    this.#starting ??= this.#start();
    for (const ingestor of this.#ingestors) ingestor.registryChanged();
  }

  /** Empty before the start. */
  statuses(): readonly IngestStatus[] {
    return this.#starting !== undefined ? this.#ingestors.map((ingestor) => ingestor.status()) : [];
  }

  /**
   * Fetches no more, finishes and commits what it can within the time, and leaves the group.
   *
   * @throws {Error} saying what could not be finished or committed in time: it will be read again. What waits for the
   * registry, or is halted, is left without an error
   */
  async close(timeoutMs: number): Promise<void> {
    this.#isClosed = true;
    await this.#starting;
    const deadlineMs = Date.now() + timeoutMs;
    const reports = await Promise.all(this.#ingestors.map((one) => one.close(deadlineMs)));
    const unfinished = reports.reduce((sum, report) => sum + report.unfinishedRecords, 0);
    const uncommitted = reports.filter(({ isCommitted }) => !isCommitted).length;
    if (uncommitted === 0 && !reports.some(({ isTimedOut }) => isTimedOut)) {
      if (unfinished > 0) {
        this.#log.warn({ unfinished }, "records that wait or are halted will be read again");
      }
      return;
    }
    const text = `after ${timeoutMs} ms ${unfinished} records are unfinished and ${uncommitted} of ${reports.length} members could not commit: what is not committed will be read again`;
    this.#log.error({ unfinished, uncommitted }, "the consumer stopped with work left");
    throw new Error(text);
  }

  /** Never rejects: what cannot begin shows in the status. */
  async #start(): Promise<void> {
    try {
      await Promise.all(this.#ingestors.map((ingestor) => ingestor.start()));
    } catch (err) {
      this.#log.error({ err }, "reading could not begin");
    }
  }
}
