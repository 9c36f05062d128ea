import { Ingestor, type IngestorOptions, type IngestStatus } from "@ofs/ingest";
import type { Logger } from "@ofs/platform";
import type { RecordLog } from "../log/record-log.ts";
import { type Slot, slotName } from "./slots/slot.ts";
import type { SlotUse } from "./slots/slot-keeper.ts";

export interface RowMembersOptions {
  readonly records: RecordLog;
  /** A topic's group is `<prefix>-<topic>`. */
  readonly groupPrefix: string;
  /** What all have in common. */
  readonly ingestor: Omit<IngestorOptions, "source" | "deadLetters" | "log">;
  readonly log: Logger;
}

/** One member of the group of a topic for each slot: what happens to one topic's members is nothing to the others'. */
export class RowMembers implements SlotUse {
  readonly #options: RowMembersOptions;
  readonly #ingestors = new Map<string, Ingestor>();
  /** Why slots have no member, by name. */
  readonly #faults = new Map<string, string>();

  constructor(options: RowMembersOptions) {
    this.#options = options;
  }

  /** Of those that read. */
  statuses(): readonly IngestStatus[] {
    return [...this.#ingestors.values()].map((ingestor) => ingestor.status());
  }

  /** Why members could not even be made, by slot: names that the log cannot have. */
  faults(): ReadonlyMap<string, string> {
    return this.#faults;
  }

  groupOf(topic: string): string {
    return `${this.#options.groupPrefix}-${topic}`;
  }

  begin(slot: Slot): void {
    try {
      this.#begin(slot);
    } catch (err) {
      // It would be so in every process: the slot is kept, and says so.
      this.#faults.set(slotName(slot), err instanceof Error ? err.message : String(err));
      this.#options.log.error({ err, ...slot }, "a topic cannot be read");
    }
  }

  #begin(slot: Slot): void {
    const { records, ingestor: common, log } = this.#options;
    const { topic } = slot;
    const name = slotName(slot);
    const source = records.createSource({
      groupId: this.groupOf(topic),
      topics: [topic],
      start: "earliest",
      memberName: `row-${topic}-${slot.index}`,
    });
    const memberLog = log.child({ topic, slot: slot.index });
    const ingestor = new Ingestor({ ...common, source, deadLetters: records.sink, log: memberLog });
    this.#ingestors.set(name, ingestor);
    // What goes wrong in here is a defect; what the log says against it shows in the status.
    ingestor.start().catch((err: unknown) => memberLog.error({ err }, "reading could not begin"));
  }

  async end(slot: Slot, timeMs: number): Promise<void> {
    const name = slotName(slot);
    this.#faults.delete(name);
    const ingestor = this.#ingestors.get(name);
    if (ingestor === undefined) return;
    const report = await ingestor.close(Date.now() + timeMs);
    this.#ingestors.delete(name);
    if (!report.isTimedOut && report.isCommitted) return;
    // Harmless: it is read and written again, with the same times.
    this.#options.log.warn({ ...slot, ...report }, "a member ended with work left");
  }

  /** What waits for the registry is tried again. */
  registryChanged(): void {
    for (const ingestor of this.#ingestors.values()) ingestor.registryChanged();
  }
}
