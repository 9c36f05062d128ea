import { FeatureStoreError } from "@ofs/platform";
import type { RowEntry } from "@ofs/registry";
import {
  catalogPaths,
  isJsonArray,
  isJsonObject,
  JsonSyntaxError,
  type JsonValue,
  member,
  parseJson,
  writeJson,
} from "@ofs/rows";
import type { BackupBucket } from "./backup-bucket.ts";

/** A list of everything of one kind, as one object of the bucket. */
interface BackupList {
  readonly key: string;
  /** Of the object that holds the list; undefined: the list is all there is. */
  readonly member: string | undefined;
  /** @returns where an object of the list stands in the registry; undefined for one without a name */
  readonly pathOf: (object: JsonValue) => string | undefined;
}

const keyOf = (folder: string): string => `${folder}/full-metadata/metadata.json`;

/** Places of the full lists in a bucket. */
export const BACKUP_LIST_KEYS = {
  entities: keyOf("entities"),
  groups: keyOf("feature-groups"),
  versions: keyOf("feature-group-version"),
  consumers: keyOf("consumer-configs"),
  topics: keyOf("kafka-configs"),
} as const;

/** A list cannot be read for what it is. */
export class BackupDamage extends FeatureStoreError {
  override readonly name = "BackupDamage";

  constructor(key: string, why: string) {
    super("INTERNAL", `${key} is damaged: ${why}`);
  }
}

/** In the order in which they are read: each before those that its objects refer to, which are written in the opposite order. */
const REGISTERED: readonly BackupList[] = [
  {
    key: BACKUP_LIST_KEYS.versions,
    member: "versions",
    pathOf: pathBy(catalogPaths.version, "name"),
  },
  {
    key: BACKUP_LIST_KEYS.groups,
    member: "featureGroups",
    pathOf: (object) => {
      const [name, version] = [textOf(object, "name"), textOf(object, "version")];
      return name && version && catalogPaths.group(name, version);
    },
  },
  {
    key: BACKUP_LIST_KEYS.entities,
    member: "entities",
    pathOf: pathBy(catalogPaths.entity, "name"),
  },
  {
    key: BACKUP_LIST_KEYS.consumers,
    member: undefined,
    pathOf: pathBy(catalogPaths.consumer, "tenantName"),
  },
];

/**
 * Reads the full lists of what is registered.
 *
 * @returns entries as the registry has them, also those that cannot be served; undefined if there is no list at all
 * @throws {FeatureStoreError} UNAVAILABLE where there is no answer
 * @throws {BackupDamage} for what is no list
 */
export async function loadBackup(
  bucket: BackupBucket,
  signal: AbortSignal,
): Promise<RowEntry[] | undefined> {
  const lists: RowEntry[][] = [];
  for (const list of REGISTERED) {
    const entries = await loadList(bucket, list, signal);
    if (entries !== undefined) lists.push(entries);
  }
  return lists.length === 0 ? undefined : lists.flat();
}

async function loadList(
  bucket: BackupBucket,
  list: BackupList,
  signal: AbortSignal,
): Promise<RowEntry[] | undefined> {
  const bytes = await bucket.get(list.key, signal);
  if (bytes === undefined) return undefined;
  return objectsOf(bytes, list, bucket).flatMap((object) => {
    const path = list.pathOf(object);
    return path === undefined ? [] : [{ path, value: Buffer.from(writeJson(object)) }];
  });
}

function objectsOf(
  bytes: Uint8Array,
  { key, member: name }: BackupList,
  bucket: BackupBucket,
): readonly JsonValue[] {
  const damaged = (why: string) => new BackupDamage(`${bucket.name}/${key}`, why);
  try {
    const json = parseJson(bytes);
    const holder = isJsonObject(json) ? json : {};
    const list = name === undefined ? json : member(holder, name);
    if (isJsonArray(list)) return list;
    throw damaged(`it holds no list${name === undefined ? "" : ` of ${name}`}`);
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw damaged(error.message);
    throw error;
  }
}

function pathBy(
  path: (name: string) => string,
  name: string,
): (object: JsonValue) => string | undefined {
  return (object) => {
    const text = textOf(object, name);
    return text && path(text);
  };
}

function textOf(object: JsonValue, name: string): string | undefined {
  const value = isJsonObject(object) ? member(object, name) : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
}
