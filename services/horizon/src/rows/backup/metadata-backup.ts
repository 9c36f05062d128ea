import { BACKUP_LIST_KEYS, type BackupBucket, BackupDamage, loadBackup } from "@ofs/connections";
import type { Logger } from "@ofs/platform";
import { encodeConsumer, encodeEntity, encodeGroup, encodeGroupVersion } from "@ofs/registry";
import type { EntityRepository } from "../metastore/entity-repository.ts";
import type { GroupRepository } from "../metastore/group-repository.ts";
import type { TenantRepository } from "../metastore/tenant-repository.ts";
import type { BackupJobs } from "../operations/backup-jobs.ts";
import type { TopicAdmin, TopicMetadata } from "../topics/topic-admin.ts";
import { type BackupContent, type BackupFiles, backupFiles } from "./backup-files.ts";
import { contentOf } from "./stored-content.ts";

/** Objects that are written at once. */
const PARALLEL_MAX = 16;
/** Of one run. */
const RUN_TIMEOUT_MS = 300_000;
const READ_TIMEOUT_MS = 30_000;

/** Lets one run after the other to the bucket, of all processes. */
export interface BackupLock {
  hold<T>(work: () => Promise<T>): Promise<T>;
}

/** Lists of the database. */
export interface BackupSource {
  readonly entities: Pick<EntityRepository, "list">;
  readonly groups: Pick<GroupRepository, "list" | "listVersions">;
  readonly tenants: Pick<TenantRepository, "consumers">;
}

export interface MetadataBackupParts {
  readonly metastore: BackupSource;
  /** undefined: nothing is known of topics, and nothing is written of them. */
  readonly topics: TopicAdmin | undefined;
  readonly bucket: BackupBucket;
  readonly lock: BackupLock;
  readonly log: Logger;
}

/**
 * Copies what is registered into a bucket. An update compares the database with the lists that the bucket has, so it does
 * not matter who wrote those, or when; lists are only ever written whole, and after the objects in them.
 */
export class MetadataBackup implements BackupJobs {
  readonly #parts: MetadataBackupParts;
  readonly #closing = new AbortController();
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: MetadataBackupParts) {
    this.#parts = parts;
  }

  full(): Promise<void> {
    return this.#run(async () => new Map());
  }

  update(): Promise<void> {
    return this.#run((signal) => this.#existing(signal));
  }

  async topics(): Promise<readonly TopicMetadata[] | undefined> {
    const signal = AbortSignal.timeout(READ_TIMEOUT_MS);
    const bytes = await this.#parts.bucket.get(BACKUP_LIST_KEYS.topics, signal);
    if (bytes === undefined) return undefined;
    const { kafkaTopicMetadata } = JSON.parse(Buffer.from(bytes).toString());
    return kafkaTopicMetadata;
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    this.#closing.abort(new Error("the backup is closed"));
    await this.#last;
  }

  /** @param existing what the bucket holds already */
  #run(existing: (signal: AbortSignal) => Promise<BackupFiles>): Promise<void> {
    const { lock } = this.#parts;
    const run = this.#last.then(() =>
      lock.hold(async () => {
        const timeout = AbortSignal.timeout(RUN_TIMEOUT_MS);
        const signal = AbortSignal.any([timeout, this.#closing.signal]);
        await this.#write(await existing(signal), signal);
        await this.#writeTopics(signal);
      }),
    );
    this.#last = run.catch(() => undefined); // its caller hears of it
    return run;
  }

  async #existing(signal: AbortSignal): Promise<BackupFiles> {
    try {
      const entries = await loadBackup(this.#parts.bucket, signal);
      return entries === undefined ? new Map() : backupFiles(contentOf(entries));
    } catch (err) {
      if (!(err instanceof BackupDamage)) throw err;
      this.#parts.log.warn(
        { err },
        "the row registry backup is damaged: all of it is written anew",
      );
      return new Map();
    }
  }

  async #write(existing: BackupFiles, signal: AbortSignal): Promise<void> {
    const { bucket, log } = this.#parts;
    const lists = new Set<string>(Object.values(BACKUP_LIST_KEYS));
    const changed = [...backupFiles(await this.#content())].filter(
      ([key, text]) => existing.get(key) !== text,
    );
    const objects = changed.filter(([key]) => !lists.has(key));
    for (let from = 0; from < objects.length; from += PARALLEL_MAX) {
      const some = objects.slice(from, from + PARALLEL_MAX);
      await Promise.all(some.map(([key, text]) => bucket.put(key, text, signal)));
    }
    for (const [key, text] of changed) if (lists.has(key)) await bucket.put(key, text, signal);
    if (changed.length === 0) return;
    const fields = { bucket: bucket.name, count: changed.length };
    log.info(fields, "the row registry was backed up");
  }

  async #content(): Promise<BackupContent> {
    const { entities, groups, tenants } = this.#parts.metastore;
    // What refers to something is read before it, so that what it refers to is there.
    const consumers = await tenants.consumers();
    const versions = await groups.listVersions();
    const listed = await groups.list();
    const listedEntities = await entities.list();
    return contentOf([
      ...listedEntities.map(encodeEntity),
      ...listed.map(encodeGroup),
      ...versions.map(encodeGroupVersion),
      ...consumers.map(encodeConsumer),
    ]);
  }

  /** A log that is away holds up nothing else. */
  async #writeTopics(signal: AbortSignal): Promise<void> {
    const { topics, metastore, bucket, log } = this.#parts;
    if (topics === undefined) return;
    const consumers = await metastore.tenants.consumers();
    let described: readonly TopicMetadata[];
    try {
      const names = [...new Set(consumers.map(({ topicName }) => topicName))];
      described = names.length === 0 ? [] : await topics.describe(names);
    } catch (err) {
      log.warn({ err }, "topics are not backed up: the log does not tell of them");
      return;
    }
    const text = JSON.stringify({ kafkaTopicMetadata: described });
    const existing = await bucket.get(BACKUP_LIST_KEYS.topics, signal);
    if (existing !== undefined && Buffer.from(existing).toString() === text) return;
    await bucket.put(BACKUP_LIST_KEYS.topics, text, signal);
  }
}
