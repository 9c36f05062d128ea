import { type RowBackupSettings, S3Bucket } from "@ofs/connections";
import type { ServiceBase } from "@ofs/platform";
import { EtcdLocks, type EtcdSourceOptions } from "@ofs/registry";
import { RepeatedTask } from "../../repeated-task.ts";
import type { BackupJobs } from "../operations/backup-jobs.ts";
import { type BackupLock, MetadataBackup, type MetadataBackupParts } from "./metadata-backup.ts";

const UPDATE_INTERVAL_MS = 60_000;
const DAY_MS = 86_400_000;
const LOCK_TTL_SECONDS = 10;
/** For another process's run to end. */
const LOCK_WAIT_MS = 120_000;

export interface BackupSurroundings extends Pick<MetadataBackupParts, "metastore" | "topics"> {
  readonly settings: RowBackupSettings;
  /** Whose `runtime/locks` below the root are shared; undefined: this process is alone. */
  readonly etcd: EtcdSourceOptions | undefined;
  /** For the lock: who holds it. */
  readonly owner: string;
  readonly base: ServiceBase;
}

/** Opens the bucket, and backs up each minute; at midnight UTC all of it. Registers how it is closed. */
export async function openBackup(surroundings: BackupSurroundings): Promise<BackupJobs> {
  const { settings, base, metastore, topics } = surroundings;
  const { lifecycle, log } = base;
  const bucket = await S3Bucket.open(settings);
  lifecycle.register("backup bucket", () => bucket.close());
  const backup = new MetadataBackup({
    metastore,
    topics,
    bucket,
    lock: openLock(surroundings),
    log,
  });
  const schedule = new BackupSchedule(backup, Date.now);
  const task = new RepeatedTask({
    name: "row registry backup",
    intervalMs: UPDATE_INTERVAL_MS,
    retryMs: UPDATE_INTERVAL_MS,
    log,
    run: () => schedule.run(),
  });
  lifecycle.register("row registry backup", async () => {
    await backup.close();
    await task.close();
  });
  void task.start(); // failures are logged, and it is tried again
  return backup;
}

/** An update each time, and all of it the first time of each UTC day but that of the start. */
export class BackupSchedule {
  readonly #jobs: Pick<BackupJobs, "full" | "update">;
  readonly #now: () => number;
  #fullDay: number;

  /** @param now Unix milliseconds */
  constructor(jobs: Pick<BackupJobs, "full" | "update">, now: () => number) {
    this.#jobs = jobs;
    this.#now = now;
    this.#fullDay = dayOf(now());
  }

  async run(): Promise<void> {
    const day = dayOf(this.#now());
    if (day === this.#fullDay) return this.#jobs.update();
    await this.#jobs.full();
    this.#fullDay = day;
  }
}

function dayOf(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS);
}

function openLock({ etcd, owner, base }: BackupSurroundings): BackupLock {
  if (etcd === undefined) return { hold: (work) => work() };
  const { log, lifecycle } = base;
  const locks = new EtcdLocks({
    etcd,
    ttlSeconds: LOCK_TTL_SECONDS,
    waitTimeoutMs: LOCK_WAIT_MS,
    owner,
    log,
  });
  lifecycle.register("lock of backups", async () => locks.close());
  return { hold: (work) => locks.hold("backup", work) };
}
