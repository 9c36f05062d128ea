import { encodeEntity, encodeGroup } from "@ofs/registry";
import { parseEntityMetadata, parseGroupMetadata, parseJson } from "@ofs/rows";
import { expect, test } from "vitest";
import type { BackupBucket } from "../../../src/rows/backup/backup-bucket.ts";
import { BackupDamage, loadBackup } from "../../../src/rows/backup/backup-lists.ts";

const ENTITY = {
  name: "user/ä",
  entity: {
    tableName: "user",
    features: [{ name: "id", type: "INT", description: "", tags: [] }],
    primaryKeys: ["id"],
    ttl: 5,
  },
  state: "LIVE",
  owner: "a@b.com",
  tags: [],
  description: "",
  createdAt: 1,
  updatedAt: 2,
};
const GROUP = {
  name: "stats",
  versionEnabled: true,
  version: "v1",
  featureGroupType: "ONLINE",
  featureGroup: {
    featureGroupName: "stats",
    versionEnabled: true,
    featureGroupType: "ONLINE",
    entityName: "user/ä",
    features: [{ name: "wins", type: "INT", description: "", tags: [] }],
  },
  owner: "a@b.com",
  state: "LIVE",
  tags: [],
  tenant: { read: "r", write: "w", consume: "c" },
  description: "",
  createdAt: 1,
  updatedAt: 2,
};
const CONSUMER = {
  tenantName: "t",
  topicName: "topic",
  numPartitions: 1,
  numConsumers: 1,
  updatedAt: 3,
};

const KEYS = ["entities", "feature-groups", "feature-group-version", "consumer-configs"].map(
  (folder) => `${folder}/full-metadata/metadata.json`,
);

function bucketOf(...contents: unknown[]): BackupBucket & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    name: "s3://b",
    asked,
    async get(key) {
      asked.push(key);
      const content = contents[KEYS.indexOf(key)];
      if (content === undefined) return undefined;
      return Buffer.from(typeof content === "string" ? content : JSON.stringify(content));
    },
    put: async () => undefined,
    close: () => undefined,
  };
}

const load = (bucket: BackupBucket) => loadBackup(bucket, new AbortController().signal);
const jsonOf = (value: object) => parseJson(Buffer.from(JSON.stringify(value)));

test("the full lists are entries as the registry has them; lists are read before those that they refer to", async () => {
  const version = { name: "stats", latestVersion: "v1", updatedAt: 2 };
  const bucket = bucketOf(
    { entities: [ENTITY] },
    { featureGroups: [GROUP] },
    { versions: [version] },
    [CONSUMER],
  );
  const entries = await load(bucket);
  const byPath = new Map(entries?.map(({ path, value }) => [path, Buffer.from(value).toString()]));
  const entity = encodeEntity(parseEntityMetadata(jsonOf(ENTITY)));
  const group = encodeGroup(parseGroupMetadata(jsonOf(GROUP)));
  expect(JSON.parse(byPath.get(entity.path) ?? "")).toEqual(ENTITY);
  expect(JSON.parse(byPath.get(group.path) ?? "")).toEqual(GROUP);
  expect(JSON.parse(byPath.get("versions/stats") ?? "")).toEqual(version);
  expect(JSON.parse(byPath.get("consumers/t") ?? "")).toEqual(CONSUMER);
  expect(bucket.asked.slice(0, 3)).toEqual([KEYS[2], KEYS[1], KEYS[0]]);
});

test("an empty bucket is none; a list alone is one", async () => {
  expect(await load(bucketOf())).toBeUndefined();
  expect(await load(bucketOf({ entities: [] }))).toEqual([]);
});

test("objects without a name are left out, those that make no sense are kept for the registry to tell", async () => {
  const entries = await load(bucketOf({ entities: [{}, 5, null, { name: "odd", entity: 3 }] }));
  expect(entries?.map(({ path }) => path)).toEqual(["entities/odd"]);
});

test.each(["{", "[]", '{"entities":{}}', "null"])("%s as a list is damage", async (content) => {
  const failure = await load(bucketOf(content)).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(BackupDamage);
  expect((failure as Error).message).toContain("s3://b/entities/full-metadata/metadata.json");
});
