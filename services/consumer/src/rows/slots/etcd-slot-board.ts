import { randomUUID } from "node:crypto";
import { FeatureStoreError, type Logger } from "@ofs/platform";
import {
  EtcdClaims,
  EtcdRegistrySource,
  type EtcdSourceOptions,
  type RegistryChanges,
  type RegistryTree,
  type Revision,
  SourceFollower,
} from "@ofs/registry";
import { type Slot, type SlotTable, slotName } from "./slot.ts";
import type { SlotBoard, SlotBoardEvents } from "./slot-board.ts";

/** How long slots outlive a process that is killed. */
const TTL_SECONDS = 10;

/** Between attempts to say that this process is there. */
const PRESENCE_RETRY_MS = 500;

/**
 * Slots in etcd. `<topic>/<index>` holds the instance that has the slot, `<instance>` alone the number of slots that an
 * instance takes; all under one lease of the instance.
 */
export class EtcdSlotBoard implements SlotBoard {
  readonly instance = randomUUID();
  readonly #capacity: number;
  readonly #log: Logger;
  readonly #claims: EtcdClaims;
  readonly #source: EtcdRegistrySource;
  readonly #follower: SourceFollower;
  #events: SlotBoardEvents = { onChange: () => undefined, onLost: () => undefined };
  /** By path; undefined before it is known. */
  #entries: Map<string, Uint8Array> | undefined;
  #revision: Revision = 0;
  #table: SlotTable | undefined;
  #presenceTimer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /**
   * @param etcd whose root is the folder of the slots
   * @param capacity most slots of this process
   * @throws {FeatureStoreError} INVALID_ARGUMENT, naming the option
   */
  constructor(etcd: EtcdSourceOptions, capacity: number, log: Logger) {
    this.#capacity = capacity;
    this.#log = log;
    this.#claims = new EtcdClaims({
      etcd,
      owner: this.instance,
      ttlSeconds: TTL_SECONDS,
      log,
      onHeld: () => void this.#present(),
      onLost: () => this.#events.onLost(),
    });
    this.#source = new EtcdRegistrySource({ ...etcd, isWatchEnabled: true });
    this.#follower = new SourceFollower(this.#source, log, {
      onTree: async (tree) => this.#takeTree(tree),
      onChanges: (batches) => this.#takeChanges(batches),
    });
  }

  get table(): SlotTable | undefined {
    return this.#claims.isHeld ? this.#table : undefined;
  }

  get fault(): string | undefined {
    if (!this.#claims.isHeld) return this.#claims.lastFault ?? "there is no lease yet";
    if (this.#table === undefined) return this.#follower.lastError ?? "the slots are being read";
    return undefined;
  }

  start(events: SlotBoardEvents): void {
    this.#events = events;
    this.#claims.start();
    void this.#follower.start(); // never rejects
  }

  async claim(slot: Slot): Promise<boolean> {
    try {
      return await this.#claims.claim(slotName(slot));
    } catch (err) {
      this.#warn(err, slot, "a slot could not be claimed");
      return false;
    }
  }

  async release(slot: Slot): Promise<void> {
    try {
      await this.#claims.release(slotName(slot));
    } catch (err) {
      this.#warn(err, slot, "a slot could not be given back: it goes with the lease");
    }
  }

  async resync(): Promise<void> {
    const tree = await this.#follower.list();
    if (tree instanceof Error || this.#isClosed) return;
    // What was watched meanwhile is newer than a slow answer.
    if (tree.revision >= this.#revision) this.#takeTree(tree);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#presenceTimer);
    await this.#follower.close();
    await this.#source.close();
    await this.#claims.close();
  }

  /** Never rejects: it is tried again for as long as there is a lease. */
  async #present(): Promise<void> {
    let isThere = false;
    try {
      isThere = await this.#claims.claim(this.instance, Buffer.from(String(this.#capacity)));
    } catch (err) {
      if (!(err instanceof FeatureStoreError)) throw err;
      this.#log.warn({ err }, "this instance could not be announced");
    }
    if (this.#isClosed || !this.#claims.isHeld) return;
    if (isThere) {
      this.#events.onChange();
      return;
    }
    clearTimeout(this.#presenceTimer);
    this.#presenceTimer = setTimeout(() => void this.#present(), PRESENCE_RETRY_MS);
  }

  #takeTree({ entries, revision }: RegistryTree): void {
    this.#entries = new Map(entries);
    this.#revision = revision;
    this.#changed();
  }

  #takeChanges(batches: readonly RegistryChanges[]): void {
    const entries = this.#entries;
    if (entries === undefined) return;
    for (const { changes, revision } of batches) {
      if (revision <= this.#revision) continue;
      for (const { path, value } of changes) {
        if (value === undefined) entries.delete(path);
        else entries.set(path, value);
      }
      this.#revision = revision;
    }
    this.#changed();
  }

  #changed(): void {
    this.#table = tableOf(this.#entries ?? new Map());
    this.#events.onChange();
  }

  #warn(err: unknown, slot: Slot, text: string): void {
    if (!(err instanceof FeatureStoreError)) throw err;
    this.#log.warn({ err, ...slot }, text);
  }
}

/** Entries of another form are nobody's. */
export function tableOf(entries: ReadonlyMap<string, Uint8Array>): SlotTable {
  const owners = new Map<string, Map<number, string>>();
  const capacities = new Map<string, number>();
  for (const [path, value] of entries) {
    const text = Buffer.from(value).toString();
    const [topic = "", index, ...rest] = path.split("/");
    if (index === undefined) {
      if (/^\d{1,6}$/.test(text)) capacities.set(topic, Number(text));
    } else if (/^\d{1,6}$/.test(index) && rest.length === 0) {
      const ofTopic = owners.get(topic) ?? new Map<number, string>();
      owners.set(topic, ofTopic.set(Number(index), text));
    }
  }
  return { owners, capacities };
}
