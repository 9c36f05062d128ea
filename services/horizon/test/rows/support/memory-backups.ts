import type { BackupJobs } from "../../../src/rows/operations/backup-jobs.ts";
import type { TopicMetadata } from "../../../src/rows/topics/topic-admin.ts";

/** Backups that only remember that they were made. */
export class MemoryBackups implements BackupJobs {
  /** Kinds of jobs that ran. */
  readonly made: string[] = [];
  /** What a full one takes along. */
  topicsNow: readonly TopicMetadata[] = [];
  #topics: readonly TopicMetadata[] | undefined;

  async full(): Promise<void> {
    this.made.push("full");
    this.#topics = this.topicsNow;
  }

  async update(): Promise<void> {
    this.made.push("update");
  }

  async topics(): Promise<readonly TopicMetadata[] | undefined> {
    return this.#topics;
  }
}
