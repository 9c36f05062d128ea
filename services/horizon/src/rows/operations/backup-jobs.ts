import type { TopicMetadata } from "../topics/topic-admin.ts";

/** Copies of what is registered, outside the database. */
export interface BackupJobs {
  /** Writes all of it. @throws {FeatureStoreError} UNAVAILABLE */
  full(): Promise<void>;
  /** Writes what has changed since. @throws {FeatureStoreError} UNAVAILABLE */
  update(): Promise<void>;
  /** @returns the topics as the newest copy has them; undefined before the first one */
  topics(): Promise<readonly TopicMetadata[] | undefined>;
}
