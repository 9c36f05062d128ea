import { encodeExpiry, encodeRecord, entityKeyString } from "@ofs/codec";
import { FeatureStoreError } from "@ofs/platform";
import type { Entity, FeatureGroup, StoreDefinition } from "@ofs/registry";
import { SENTINEL_MASTER_NAME, serverAddress, serverAddresses } from "@ofs/testkit";
import { connectRedis, type RedisConnection, type RedisReply } from "../../src/redis/connection.ts";
import type { RedisKind, RedisOptions, RedisSettings } from "../../src/redis/options.ts";
import { siblingKey } from "../../src/redis/record-names.ts";
import { RedisBlockStore } from "../../src/redis/redis-block-store.ts";
import { entity, featureGroup, storeDefinition, textBlock, uniqueName } from "../fixtures.ts";

export const KINDS = ["standalone", "failover", "cluster"] as const satisfies RedisKind[];

/** Options for the servers that the test run provides. */
export function testServer(kind: RedisKind, settings: RedisSettings = {}): RedisOptions {
  switch (kind) {
    case "standalone":
      return { ...settings, kind, address: serverAddress("redis").text };
    case "cluster":
      return { ...settings, kind, addresses: texts("redis-cluster") };
    case "failover":
      return {
        ...settings,
        kind,
        sentinelAddresses: texts("redis-sentinels"),
        masterName: SENTINEL_MASTER_NAME,
      };
  }
}

function texts(name: "redis-cluster" | "redis-sentinels"): string[] {
  return serverAddresses(name).map(({ text }) => text);
}

export async function openConnection(
  kind: RedisKind,
  settings?: RedisSettings,
): Promise<RedisConnection> {
  const connection = connectRedis(testServer(kind, settings));
  await connection.ping();
  return connection;
}

/** One reply, which must not be an error. */
export async function ask(
  connection: RedisConnection,
  command: string,
  key: string,
  ...args: (string | Buffer)[]
): Promise<Exclude<RedisReply, FeatureStoreError>> {
  const [reply] = await connection.run([{ command, keys: [key], args }]);
  if (reply === undefined || reply instanceof FeatureStoreError) {
    throw new Error(`${command} ${key} failed`, { cause: reply });
  }
  return reply;
}

/** A block with that expiry, in Unix seconds; 0 = never. */
export function expiringBlock(text: string, expiryAtSeconds: number): Buffer {
  const block = textBlock(text);
  encodeExpiry(expiryAtSeconds, 0, block, 2);
  return block;
}

/** An entity of three groups (ids 0, 1, 300) that nobody else writes, and short ways to use it. */
export class RedisTable {
  readonly connection: RedisConnection;
  readonly store: RedisBlockStore;
  readonly entity: Entity;
  readonly groups: readonly [FeatureGroup, FeatureGroup, FeatureGroup];
  readonly definition: StoreDefinition;
  nowMs = Date.now();

  constructor(connection: RedisConnection) {
    this.connection = connection;
    this.store = new RedisBlockStore({ connection, now: () => this.nowMs });
    const entityLabel = uniqueName("redis");
    const group = (label: string, id: number) => featureGroup({ entityLabel, label, id });
    this.groups = [group("scores", 0), group("tags", 1), group("vectors", 300)];
    this.entity = entity(entityLabel, ["user_id"], this.groups);
    this.definition = storeDefinition({ dbType: "redis_failover" });
  }

  name(key: string): string {
    return entityKeyString(this.entity.label, [key]);
  }

  /** Writes blocks of the groups at those positions. @returns the code of the outcome, if it is an error */
  async write(
    key: string,
    blocks: Readonly<Record<number, Uint8Array>>,
    writeTimeMicros = 1_750_000_000_000_000,
  ): Promise<FeatureStoreError | undefined> {
    const positions = Object.keys(blocks).map(Number);
    const [outcome] = await this.store.write({
      entity: this.entity,
      store: this.definition,
      groups: positions.map((g) => this.groups[g] as FeatureGroup),
      rows: [{ key: [key], blocks: positions.map((g) => blocks[g] as Uint8Array) }],
      writeTimeMicros,
      deadlineMs: Number.POSITIVE_INFINITY,
    });
    return outcome;
  }

  /** Texts of the three groups' blocks, or why they could not be read. */
  async read(key: string): Promise<(string | undefined)[]> {
    const cells = await this.store.read({
      entity: this.entity,
      store: this.definition,
      groups: this.groups,
      keys: [[key]],
      deadlineMs: Number.POSITIVE_INFINITY,
    });
    return cells.map((cell) => {
      if (cell === undefined) return undefined;
      return cell instanceof FeatureStoreError
        ? cell.code
        : Buffer.from(cell.subarray(9)).toString();
    });
  }

  async record(key: string): Promise<Buffer | null> {
    return (await ask(this.connection, "get", this.name(key))) as Buffer | null;
  }

  /** What another implementation does: a plain SET of a record. */
  async setRecord(
    key: string,
    entries: readonly (readonly [id: number, block: Buffer])[],
  ): Promise<void> {
    const record = encodeRecord(entries.map(([groupId, block]) => ({ groupId, block })));
    await ask(this.connection, "set", this.name(key), record);
  }

  /** PTTL of the record and of its sibling: -1 = no expiry, -2 = no such key. */
  async ttlsMs(key: string): Promise<[record: number, sibling: number]> {
    const name = this.name(key);
    const record = await ask(this.connection, "pttl", name);
    return [record as number, (await ask(this.connection, "pttl", siblingKey(name))) as number];
  }
}
