/** The right to be one of the members of a topic's group. */
export interface Slot {
  readonly topic: string;
  /** From 0 to below the number of members that the topic is to have. */
  readonly index: number;
}

/** Who has which slots, over all processes. */
export interface SlotTable {
  /** Instances by topic and index. */
  readonly owners: ReadonlyMap<string, ReadonlyMap<number, string>>;
  /** By instance that lives: most slots that it takes. */
  readonly capacities: ReadonlyMap<string, number>;
}

/** For maps: topic names hold no `/`. */
export function slotName({ topic, index }: Slot): string {
  return `${topic}/${index}`;
}
