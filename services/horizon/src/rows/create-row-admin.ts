import type { Logger } from "@ofs/platform";
import type { RegistryAuthor } from "@ofs/registry";
import { Changes } from "./creation/changes.ts";
import { type CreationStep, Creator } from "./creation/creator.ts";
import type { Metastore } from "./metastore/metastore.ts";
import type { BackupJobs } from "./operations/backup-jobs.ts";
import { Publisher } from "./publication/publisher.ts";
import type { Served } from "./publication/served.ts";
import type { RowAdmin } from "./row-admin.ts";
import type { DdlLock } from "./tenants/ddl-lock.ts";
import { EntityTables, type TenantClusters } from "./tenants/entity-tables.ts";
import { TenantMover } from "./tenants/tenant-mover.ts";
import { Consumers } from "./topics/consumers.ts";
import type { TopicAdmin } from "./topics/topic-admin.ts";

/** How long a creation belongs to a process that has died over it. */
const HOLD_MS = 30_000;

export interface RowAdminParts {
  readonly metastore: Metastore;
  /** Its root is `registry/` of the row dialect's. */
  readonly registry: RegistryAuthor;
  readonly clusters: TenantClusters;
  readonly ddlLock: DdlLock;
  readonly served: Served;
  /** undefined: no log is configured. */
  readonly topics: TopicAdmin | undefined;
  /** Left out: no bucket is configured. */
  readonly backups?: BackupJobs | undefined;
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly holdMs?: number;
  /** Told where creations stand; for tests. */
  readonly onStep?: (step: CreationStep) => Promise<void> | void;
}

/** The row dialect's control plane, with what keeps it consistent. */
export interface RowControlPlane extends RowAdmin {
  /** Finishes what was interrupted, and brings the registry to what the metastore says. */
  reconcile(): Promise<void>;
  close(): Promise<void>;
}

/** Wires the parts. Nothing is opened here, and `close` closes nothing but what was begun here. */
export function createRowAdmin(parts: RowAdminParts): RowControlPlane {
  const { metastore, registry, log, now, served, topics } = parts;
  const publisher = new Publisher(metastore, registry, log);
  const tables = new EntityTables(parts.clusters, parts.ddlLock);
  const common = { metastore, tables, publisher, served, now };
  const creator = new Creator({
    ...common,
    log,
    holdMs: parts.holdMs ?? HOLD_MS,
    onStep: parts.onStep ?? (() => undefined),
  });
  return {
    metastore,
    creator,
    changes: new Changes(common),
    mover: new TenantMover(common),
    consumers: new Consumers({ ...common, topics }),
    backups: parts.backups,
    now,
    async reconcile() {
      const count = await creator.resume();
      if (count > 0) log.info({ count }, "interrupted creations of the row dialect were finished");
      await publisher.publishAll();
    },
    close: () => publisher.close(),
  };
}
