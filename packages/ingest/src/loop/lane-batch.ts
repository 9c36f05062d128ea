import type { RecordFormat } from "../format.ts";
import type { LaneEntry } from "./lane-entry.ts";

/** Writes of one target, with distinct keys. */
export interface TargetGroup {
  readonly format: RecordFormat;
  readonly entries: LaneEntry[];
  readonly indexes: Map<string, number>;
}

/** What a lane writes at a time, by target; of one key and target only the newest. */
export class LaneBatch {
  readonly groups: TargetGroup[] = [];
  rowCount = 0;
  sizeBytes = 0;
  readonly #byTarget = new Map<object, TargetGroup>();

  add(entry: LaneEntry): void {
    const { target, key, sizeBytes } = entry.write;
    const group = this.#byTarget.get(target) ?? this.#open(entry);
    const index = group.indexes.get(key);
    if (index === undefined) {
      group.indexes.set(key, group.entries.length);
      group.entries.push(entry);
      this.rowCount += 1;
      this.sizeBytes += sizeBytes;
      return;
    }
    const current = group.entries[index] as LaneEntry;
    if (entry.isNewerThan(current)) {
      entry.overtake(current);
      group.entries[index] = entry;
      this.sizeBytes += sizeBytes - current.write.sizeBytes;
    } else {
      current.overtake(entry);
    }
  }

  #open({ message, write }: LaneEntry): TargetGroup {
    const group = { format: message.format as RecordFormat, entries: [], indexes: new Map() };
    this.#byTarget.set(write.target, group);
    this.groups.push(group);
    return group;
  }
}
