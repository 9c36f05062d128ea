import type { BackupBucket } from "@ofs/connections";
import { FeatureStoreError } from "@ofs/platform";
import type { ConsumerMetadata, EntityMetadata, GroupMetadata, GroupVersion } from "@ofs/rows";
import { beforeEach, describe, expect, test } from "vitest";
import { MetadataBackup } from "../../../src/rows/backup/metadata-backup.ts";
import { BackupSchedule } from "../../../src/rows/backup/open-backup.ts";
import { silentLog } from "../../database/new-requests.ts";
import { MemoryTopics } from "../support/memory-topics.ts";

const LISTS = [
  "consumer-configs/full-metadata/metadata.json",
  "entities/full-metadata/metadata.json",
  "feature-groups/full-metadata/metadata.json",
  "feature-group-version/full-metadata/metadata.json",
];
const TOPICS = "kafka-configs/full-metadata/metadata.json";

class MemoryBucket implements BackupBucket {
  readonly name = "s3://b";
  readonly objects = new Map<string, string>();
  /** Keys, as they were written since the last look. */
  written: string[] = [];
  /** Puts that go well before one fails. */
  putsLeft = Number.POSITIVE_INFINITY;

  async get(key: string): Promise<Uint8Array | undefined> {
    const text = this.objects.get(key);
    return text === undefined ? undefined : Buffer.from(text);
  }

  async put(key: string, text: string): Promise<void> {
    if (this.putsLeft-- <= 0) throw new FeatureStoreError("UNAVAILABLE", "no bucket");
    this.written.push(key);
    this.objects.set(key, text);
  }

  close(): void {}

  // biome-ignore lint/suspicious/noExplicitAny: tests look into objects of any form
  json(key: string): any {
    return JSON.parse(this.objects.get(key) ?? "null");
  }

  takeWritten(): string[] {
    const keys = this.written;
    this.written = [];
    return keys;
  }
}

const COMMON = {
  state: "LIVE",
  owner: "a@b.com",
  tags: ["x"],
  description: "",
  createdAt: 1,
  updatedAt: 1,
} as const;
const column = (name: string) => ({ name, type: "INT", description: "", tags: [] }) as const;
const entity = (name: string): EntityMetadata => ({
  name,
  entity: { tableName: name, features: [column("id")], primaryKeys: ["id"] },
  ...COMMON,
});
const group = (version: string, consume = "default-tenant"): GroupMetadata => ({
  name: "stats",
  versionEnabled: true,
  version,
  featureGroupType: "ONLINE",
  featureGroup: {
    featureGroupName: "stats",
    versionEnabled: true,
    featureGroupType: "ONLINE",
    entityName: "user",
    features: [column(`wins_${version}`)],
  },
  tenant: { read: "default-tenant", write: "default-tenant", consume },
  ...COMMON,
});
const latest = (latestVersion: string): GroupVersion[] => [
  { name: "stats", latestVersion, updatedAt: 1 },
];
const consumer = (tenantName: string): ConsumerMetadata => ({
  tenantName,
  topicName: `topic-${tenantName}`,
  numPartitions: 2,
  numConsumers: 1,
  updatedAt: 1,
});

let content: {
  entities: EntityMetadata[];
  groups: GroupMetadata[];
  versions: GroupVersion[];
  consumers: ConsumerMetadata[];
};
let bucket: MemoryBucket;
let topics: MemoryTopics;

function backupOf(): MetadataBackup {
  return new MetadataBackup({
    metastore: {
      entities: { list: async () => content.entities },
      groups: { list: async () => content.groups, listVersions: async () => content.versions },
      tenants: { consumers: async () => content.consumers },
    },
    topics,
    bucket,
    lock: { hold: (work) => work() },
    log: silentLog,
  });
}

beforeEach(() => {
  bucket = new MemoryBucket();
  topics = new MemoryTopics();
  content = {
    entities: [entity("user"), entity("item")],
    groups: [group("v1")],
    versions: latest("v1"),
    consumers: [consumer("default-tenant")],
  };
  void topics.create("topic-default-tenant", 2);
});

describe("a backup", () => {
  test("has every object as the API answers it, and the full lists", async () => {
    await backupOf().full();
    expect(bucket.json("entities/user.json")).toEqual({ metadata: entity("user") });
    expect(bucket.json("feature-groups/stats__v1.json")).toEqual({ metadata: group("v1") });
    expect(bucket.json("feature-group-version/stats.json")).toEqual({ version: latest("v1")[0] });
    expect(bucket.json("feature-group-schema/stats__v1.json")).toEqual({
      schema: [column("id"), column("wins_v1")],
      primaryKeys: ["id"],
      version: "v1",
      featureGroupType: "ONLINE",
    });
    expect(bucket.json("feature-group-topic/stats.json")).toEqual({
      featureGroupName: "stats",
      topic: "topic-default-tenant",
    });
    expect(LISTS.map((key) => bucket.json(key))).toEqual([
      content.consumers,
      { entities: content.entities },
      { featureGroups: content.groups },
      { versions: content.versions },
    ]);
    expect(bucket.json(TOPICS).kafkaTopicMetadata).toHaveLength(1);
  });

  test("is updated by what has changed, whoever wrote it; lists are whole and come last", async () => {
    await backupOf().update();
    bucket.takeWritten();
    const other = backupOf();
    await other.update();
    expect(bucket.takeWritten()).toEqual([]);
    content.groups = [...content.groups, group("v2", "team")];
    content.versions = latest("v2");
    content.consumers = [...content.consumers, consumer("team")];
    await topics.create("topic-team", 2);
    await other.update();
    expect(bucket.takeWritten()).toEqual([
      "feature-groups/stats__v2.json",
      "feature-group-schema/stats__v2.json",
      "feature-group-version/stats.json",
      "feature-group-topic/stats.json",
      LISTS[0],
      LISTS[2],
      LISTS[3],
      TOPICS,
    ]);
    expect(bucket.json(LISTS[2] ?? "").featureGroups).toHaveLength(2);
    expect(bucket.json("feature-group-topic/stats.json").topic).toBe("topic-team");
  });

  test("that broke off is finished by the next one", async () => {
    for (let putCount = 0; putCount < 12; putCount++) {
      bucket = new MemoryBucket();
      bucket.putsLeft = putCount;
      const outcome = await backupOf()
        .update()
        .catch((error: unknown) => error);
      if (outcome === undefined) break;
      expect(outcome).toMatchObject({ code: "UNAVAILABLE" });
      bucket.putsLeft = Number.POSITIVE_INFINITY;
      await backupOf().update();
      const finished = new Map(bucket.objects);
      bucket = new MemoryBucket();
      await backupOf().full();
      expect(finished).toEqual(bucket.objects);
    }
  });

  test("that is damaged is written anew, all of it", async () => {
    await backupOf().full();
    const whole = new Map(bucket.objects);
    bucket.objects.set(LISTS[1] ?? "", "{");
    bucket.objects.set(LISTS[2] ?? "", '{"featureGroups":[{"name":"stats","version":"v1"}]}');
    await backupOf().update();
    expect(bucket.objects).toEqual(whole);
  });

  test("goes on without topics while the log is away", async () => {
    topics.describe = async () => {
      throw new FeatureStoreError("UNAVAILABLE", "no broker");
    };
    const backup = backupOf();
    await backup.full();
    expect(await backup.topics()).toBeUndefined();
    expect(bucket.json(LISTS[3] ?? "").versions).toHaveLength(1);
  });

  test("tells of the topics as they were copied", async () => {
    const backup = backupOf();
    expect(await backup.topics()).toBeUndefined();
    await backup.full();
    await topics.grow("topic-default-tenant", 9);
    expect(await backup.topics()).toEqual([
      { topicName: "topic-default-tenant", partitions: 2, replicationFactor: 1, retentionMs: -1 },
    ]);
  });

  test("ends when it is closed, and a run that fails does not stop the next one", async () => {
    const backup = backupOf();
    bucket.putsLeft = 0;
    const failed = backup.full();
    await expect(failed).rejects.toMatchObject({ code: "UNAVAILABLE" });
    bucket.putsLeft = Number.POSITIVE_INFINITY;
    await backup.full();
    await backup.close();
    expect(bucket.objects.has(TOPICS)).toBe(true);
  });
});

test("a schedule updates each time, and writes all of it once a UTC day", async () => {
  const ran: string[] = [];
  let isBroken = false;
  let now = Date.parse("2024-02-28T23:58:30Z");
  const run = async (kind: string) => {
    ran.push(kind);
    if (isBroken) throw new Error("broken");
  };
  const schedule = new BackupSchedule(
    { full: () => run("full"), update: () => run("update") },
    () => now,
  );
  const minute = async () => {
    await schedule.run();
    now += 60_000;
  };
  await minute();
  await minute();
  isBroken = true;
  await expect(minute()).rejects.toThrow("broken");
  isBroken = false;
  await minute();
  await minute();
  expect(ran).toEqual(["update", "update", "full", "full", "update"]);
});
