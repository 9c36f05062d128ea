import { Lane, type LaneConnection, type LaneContext } from "./lane.ts";
import { LaneEntry } from "./lane-entry.ts";
import type { Message } from "./message.ts";

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** The lanes of one connection. */
class ConnectionLanes implements LaneConnection {
  readonly name: string;
  readonly lanes: readonly Lane[];
  /** Given writes since the last `kick`. */
  readonly #dirty: Lane[] = [];
  writing = 0;

  constructor(name: string, context: LaneContext) {
    this.name = name;
    const { lanesPerConnection } = context.settings;
    this.lanes = Array.from({ length: lanesPerConnection }, () => new Lane(context, this));
  }

  push(entry: LaneEntry, nowMs: number): void {
    const lane = this.lanes[hashOf(entry.write.key) % this.lanes.length] as Lane;
    if (!lane.isDirty) this.#dirty.push(lane);
    lane.isDirty = true;
    lane.push(entry, nowMs);
  }

  kick(): void {
    const isIdle = this.writing === 0;
    for (const lane of this.#dirty) {
      lane.isDirty = false;
      lane.kick(isIdle);
    }
    this.#dirty.length = 0;
  }

  idled(lane: Lane): void {
    if (this.writing > 0) lane.kick(false);
    else for (const each of this.lanes) each.kick(true);
  }
}

/** All lanes, by connection: as many connections as there are stores. */
export class Lanes {
  readonly #context: LaneContext;
  readonly #connections = new Map<string, ConnectionLanes>();
  #last: ConnectionLanes | undefined = undefined;
  #sequence = 0;

  constructor(context: LaneContext) {
    this.#context = context;
  }

  /** Puts a message's writes into their lanes. They are written after `kick`. */
  push(message: Message, nowMs: number): void {
    for (const write of message.prepared?.writes ?? []) {
      const entry = new LaneEntry(message, write, this.#sequence++);
      this.#connection(write.connection).push(entry, nowMs);
    }
  }

  /** Begins writing, where lanes are free. */
  kick(): void {
    for (const connection of this.#connections.values()) connection.kick();
  }

  /** Forgets what is of dropped partitions and has not begun to be written. */
  dropDead(): void {
    for (const { lanes } of this.#connections.values()) for (const lane of lanes) lane.dropDead();
  }

  close(): void {
    for (const { lanes } of this.#connections.values()) for (const lane of lanes) lane.close();
  }

  #connection(name: string): ConnectionLanes {
    if (this.#last?.name === name) return this.#last;
    let connection = this.#connections.get(name);
    if (connection === undefined) {
      connection = new ConnectionLanes(name, this.#context);
      this.#connections.set(name, connection);
    }
    this.#last = connection;
    return connection;
  }
}

/** FNV-1a over UTF-16 code units: any key, spread well enough over a few lanes. */
function hashOf(key: string): number {
  let hash = FNV_OFFSET;
  for (let index = 0; index < key.length; index++) {
    hash = Math.imul(hash ^ key.charCodeAt(index), FNV_PRIME);
  }
  // The low bits of FNV-1a are its worst.
  return (hash ^ (hash >>> 15)) >>> 0;
}
