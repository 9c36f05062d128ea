import type { Cluster, Redis } from "ioredis";
import { hashSlot } from "./hash-slot.ts";
import { type RedisCommand, toWireCommand, type WireCommand } from "./redis-command.ts";
import { isRedirect, NotConnectedError } from "./redis-errors.ts";
import { TurnCork } from "./turn-cork.ts";

/** Keys of one MGET: longer ones keep the server, and replies behind them, waiting. */
const MGET_KEYS_MAX = 1000;

/** Reply to one command (strings as `Buffer`), or why there is none. */
export type RawReply = unknown | Error;

/** Sends commands through one client of the driver. */
export interface RedisLink {
  /** `ready` where commands may be sent; else what the driver calls its state. */
  status(): string;
  /** Groups positions in `keys` so that the keys of a group may share one MGET; undefined: all of them may. */
  groupKeys(keys: readonly string[]): readonly (readonly number[])[] | undefined;
  /** Sets `replies[i]` for each command as its reply arrives. Never rejects. */
  send(
    commands: readonly RedisCommand[],
    replies: RawReply[],
    isSourceSent?: boolean,
  ): Promise<void>;
}

/** One server: standalone, a master behind sentinels, or a replica of it. */
export class NodeLink implements RedisLink {
  readonly #client: Redis;
  readonly #cork = new TurnCork();

  constructor(client: Redis) {
    this.#client = client;
  }

  status(): string {
    return this.#client.status;
  }

  groupKeys(keys: readonly string[]): number[][] | undefined {
    if (keys.length <= MGET_KEYS_MAX) return undefined;
    const groups: number[][] = [];
    for (let start = 0; start < keys.length; start += MGET_KEYS_MAX) {
      const length = Math.min(MGET_KEYS_MAX, keys.length - start);
      groups.push(Array.from({ length }, (_, i) => start + i));
    }
    return groups;
  }

  async send(
    commands: readonly RedisCommand[],
    replies: RawReply[],
    isSourceSent = false,
  ): Promise<void> {
    const wire = commands.map((command) => toWireCommand(command, isSourceSent));
    this.#cork.hold(this.#client.stream);
    const results = await sendBatch(this.#client, wire);
    for (let i = 0; i < results.length; i++) replies[i] = results[i];
  }
}

/** A cluster: commands are pipelined per node, and sent again where the layout has changed. */
export class ClusterLink implements RedisLink {
  readonly #client: Cluster;

  constructor(client: Cluster) {
    this.#client = client;
  }

  status(): string {
    return this.#client.status;
  }

  groupKeys(keys: readonly string[]): number[][] {
    const bySlot = new Map<number, number[]>();
    for (const [index, key] of keys.entries()) {
      const slot = hashSlot(key);
      const group = bySlot.get(slot);
      if (group === undefined) bySlot.set(slot, [index]);
      else group.push(index);
    }
    return [...bySlot.values()];
  }

  async send(
    commands: readonly RedisCommand[],
    replies: RawReply[],
    isSourceSent = false,
  ): Promise<void> {
    const wire = commands.map((command) => toWireCommand(command, isSourceSent));
    await Promise.all(
      this.#byNode(commands).map(async (indexes) => {
        const batch = indexes.map((index) => wire[index] as WireCommand);
        const results = await sendBatch(this.#client, batch);
        await Promise.all(
          indexes.map(async (index, i) => {
            const result = results[i];
            // A pipeline cannot follow redirects one by one; a single command can.
            replies[index] =
              batch.length > 1 && result instanceof Error && mayBeElsewhere(result)
                ? await sendOne(this.#client, batch[i] as WireCommand)
                : result;
          }),
        );
      }),
    );
  }

  /** Groups command positions by the nodes that serve their slot, as far as the client knows. */
  #byNode(commands: readonly RedisCommand[]): number[][] {
    // The client has one list of nodes a range of slots: ranges are told apart by identity, nodes by name.
    const byRange = new Map<readonly string[] | undefined, number[]>();
    const byNode = new Map<string, number[]>();
    for (const [index, { keys }] of commands.entries()) {
      const range = this.#client.slots[hashSlot(keys[0] ?? "")];
      let group = byRange.get(range);
      if (group === undefined) {
        const node = range?.join() ?? "";
        group = byNode.get(node) ?? [];
        byNode.set(node, group);
        byRange.set(range, group);
      }
      group.push(index);
    }
    return [...byNode.values()];
  }
}

/** Also where the driver refused the pipeline, because the layout changed between grouping and sending. */
function mayBeElsewhere(error: Error): boolean {
  return isRedirect(error) || error.message.startsWith("All keys in the pipeline");
}

async function sendBatch(
  client: Redis | Cluster,
  commands: readonly WireCommand[],
): Promise<RawReply[]> {
  if (client.status !== "ready") {
    return commands.map(() => new NotConnectedError(`not connected (${client.status})`));
  }
  const [first] = commands;
  if (first !== undefined && commands.length === 1) return [await sendOne(client, first)];
  const pipeline = client.pipeline();
  for (const [name, ...args] of commands) pipeline.callBuffer(name, ...args);
  try {
    const results = (await pipeline.exec()) ?? [];
    return commands.map((_, i) => {
      const [error, reply] = results[i] ?? [new Error("the pipeline has no reply for the command")];
      return error ?? reply;
    });
  } catch (error) {
    const fault = asError(error);
    return commands.map(() => fault);
  }
}

async function sendOne(client: Redis | Cluster, [name, ...args]: WireCommand): Promise<RawReply> {
  try {
    return await client.callBuffer(name, ...args);
  } catch (error) {
    return asError(error);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
