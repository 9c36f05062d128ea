import type { Logger } from "@ofs/platform";
import { partitionName, type TopicPartition } from "../record.ts";
import { type AssignedPartition, type Commit, SourceError } from "../source.ts";
import { sharePartitions } from "./assignment.ts";
import type { CommittedPositions } from "./committed-positions.ts";

/** A reader, as its group sees it. */
export interface GroupMember {
  readonly topics: readonly string[];
  /** It reads these from now on. */
  assigned(partitions: readonly AssignedPartition[]): void;
  /** It stops reading these. Until the promise settles it may commit them. */
  revoked(partitions: readonly TopicPartition[]): Promise<void>;
}

/** What a group works with. */
export interface GroupSurroundings {
  readonly positions: CommittedPositions;
  /** @returns 0 for a topic that does not exist (yet) */
  readonly partitionCountOf: (topic: string) => number;
  /** How long members may take to finish what they give up. */
  readonly rebalanceTimeoutMs: number;
  readonly log: Logger;
}

interface MemberState {
  readonly owned: Map<string, TopicPartition>;
  /** Did not finish in time what it was to give up: it gets nothing until it has. */
  isStalled: boolean;
  /** Whether a rebalance has ended since it joined. */
  isPlaced: boolean;
  readonly left: Promise<void>;
  readonly leave: () => void;
}

/** Members of one process that share the partitions of topics. */
export class ReaderGroup {
  readonly id: string;
  readonly #surroundings: GroupSurroundings;
  readonly #members = new Map<GroupMember, MemberState>();
  readonly #beginnings = new Map<string, number>();
  #isDirty = false;
  #rebalancing: Promise<void> | undefined;

  constructor(id: string, surroundings: GroupSurroundings) {
    this.id = id;
    this.#surroundings = surroundings;
  }

  get isEmpty(): boolean {
    return this.#members.size === 0;
  }

  /** Its topics exist. */
  join(member: GroupMember): void {
    let leave = (): void => undefined;
    const left = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const owned = new Map<string, TopicPartition>();
    this.#members.set(member, { owned, isStalled: false, isPlaced: false, left, leave });
    this.#request();
  }

  /** Its partitions go to others at once. Idempotent. */
  leave(member: GroupMember): void {
    const state = this.#members.get(member);
    if (state === undefined) return;
    this.#members.delete(member);
    state.owned.clear();
    state.leave();
    this.#request();
  }

  /** Whether the member has what it is to have for now. */
  isSettled(member: GroupMember): boolean {
    return this.#rebalancing === undefined && this.#members.get(member)?.isPlaced === true;
  }

  /**
   * Where reading of a partition begins in which the group never committed. Remembered: whoever reads it next
   * begins there too, and misses nothing that came in between.
   */
  beginning(partition: TopicPartition, proposed: number): number {
    const name = partitionName(partition);
    const known = this.#beginnings.get(name);
    if (known !== undefined) return known;
    this.#beginnings.set(name, proposed);
    return proposed;
  }

  /** @throws {SourceError} FENCED for a partition that is not the member's; UNAVAILABLE */
  async commit(member: GroupMember, commits: readonly Commit[]): Promise<void> {
    if (commits.length === 0) return;
    await this.#surroundings.positions.put(this.id, commits, () => {
      for (const commit of commits) {
        const name = partitionName(commit);
        if (this.#members.get(member)?.owned.has(name) === true) continue;
        throw new SourceError("FENCED", `group ${this.id}: ${name} is not this member's any more`);
      }
    });
  }

  #request(): void {
    this.#isDirty = true;
    this.#rebalancing ??= this.#rebalance();
  }

  async #rebalance(): Promise<void> {
    // Those that join in one turn of the event loop are placed together.
    await Promise.resolve();
    while (this.#isDirty) {
      this.#isDirty = false;
      const shares = this.#share();
      await Promise.all(
        [...shares].map(([member, share]) =>
          this.#takeAway(member, new Set(share.map(partitionName))),
        ),
      );
      if (this.#isDirty) continue;
      for (const [member, share] of shares) this.#give(member, share);
    }
    this.#rebalancing = undefined;
  }

  /** What those are to have who may get something; what a stalled member still has stays its own. */
  #share(): Map<GroupMember, TopicPartition[]> {
    const states = [...this.#members];
    const kept = new Set(
      states.flatMap(([, { isStalled, owned }]) => (isStalled ? [...owned.keys()] : [])),
    );
    const sharers = states
      .filter(([, { isStalled }]) => !isStalled)
      .map(([member, { owned }]) => {
        return { member, topics: member.topics, owned: new Set(owned.keys()) };
      });
    const names = new Set(sharers.flatMap(({ topics }) => topics));
    const topics = [...names].sort().map((name) => {
      const all = [...Array(this.#surroundings.partitionCountOf(name)).keys()];
      const partitions = all.filter(
        (partition) => !kept.has(partitionName({ topic: name, partition })),
      );
      return { name, partitions };
    });
    return sharePartitions(topics, sharers);
  }

  async #takeAway(member: GroupMember, keep: ReadonlySet<string>): Promise<void> {
    const state = this.#members.get(member);
    if (state === undefined) return;
    const surplus = [...state.owned].filter(([name]) => !keep.has(name));
    if (surplus.length === 0) return;
    const given = member.revoked(surplus.map(([, partition]) => partition));
    const isGiven = await this.#withinTime(given, state);
    for (const [name] of surplus) state.owned.delete(name);
    if (isGiven) return;
    state.isStalled = true;
    this.#surroundings.log.warn(
      { group: this.id, partitions: surplus.map(([name]) => name) },
      "a member did not finish in time what it was to give up",
    );
    this.#isDirty = true;
    void given.then(() => {
      state.isStalled = false;
      if (this.#members.has(member)) this.#request();
    });
  }

  /** @returns false if the time is up; a member that leaves has given everything */
  async #withinTime(given: Promise<void>, { left }: MemberState): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), this.#surroundings.rebalanceTimeoutMs);
    });
    try {
      return await Promise.race([given.then(() => true), left.then(() => true), timeout]);
    } finally {
      clearTimeout(timer);
    }
  }

  #give(member: GroupMember, share: readonly TopicPartition[]): void {
    const state = this.#members.get(member);
    if (state === undefined) return;
    state.isPlaced = true;
    const added = share.filter((partition) => !state.owned.has(partitionName(partition)));
    if (added.length === 0) return;
    for (const partition of added) state.owned.set(partitionName(partition), partition);
    const { positions } = this.#surroundings;
    member.assigned(
      added.map((partition) => ({ ...partition, committed: positions.get(this.id, partition) })),
    );
  }
}
