import type { Changes } from "./creation/changes.ts";
import type { Creator } from "./creation/creator.ts";
import type { Metastore } from "./metastore/metastore.ts";
import type { BackupJobs } from "./operations/backup-jobs.ts";
import type { TenantMover } from "./tenants/tenant-mover.ts";
import type { Consumers } from "./topics/consumers.ts";

/** What the row dialect's endpoints stand on. */
export interface RowAdmin {
  readonly metastore: Metastore;
  readonly creator: Creator;
  readonly changes: Changes;
  readonly mover: TenantMover;
  readonly consumers: Consumers;
  /** undefined: no bucket is configured. */
  readonly backups: BackupJobs | undefined;
  /** Unix milliseconds. */
  readonly now: () => number;
}
