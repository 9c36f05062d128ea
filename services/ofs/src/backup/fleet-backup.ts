import { chmodSync, copyFileSync, existsSync, rmSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { LOG_FOLDER } from "@ofs/consumer";
import { copyEmbeddedDatabase } from "@ofs/database";
import { DATABASE_FILE, JWT_SECRET_FILE, METASTORE_FILE } from "@ofs/horizon";
import { copyEmbeddedLog, EmbeddedLog } from "@ofs/ingest";
import { createLogger, FeatureStoreError } from "@ofs/platform";
import { REJECTS_FOLDER, STATE_FILE } from "@ofs/populator";
import {
  type EmbeddedEnvironment,
  EmbeddedRegistrySource,
  openEmbeddedEnvironment,
} from "@ofs/store";
import { DATA_FILE, DataFolder, MARKER_FILE } from "../fleet/data-folder.ts";
import { makeBackup } from "./backup-files.ts";
import { type BackupContent, type Manifest, OWNER_ONLY } from "./manifest.ts";

/** How often databases and store are copied anew because the registry was changed in between. */
const MAX_ATTEMPTS = 5;

const READ_TIMEOUT_MS = 30_000;

type Counts = Record<string, number>;

/**
 * Backs up all that an embedded fleet keeps, while it runs or not. Each part is copied as its engine does it, in an order in
 * which nothing refers to what is not there: the control plane's databases with a store whose registry is of the same
 * revision, the populator's state before the log that it writes, the consumer's positions before the log and the store.
 *
 * @param dataFolder of the fleet
 * @param folder of the backup, new
 * @throws {FeatureStoreError} FAILED_PRECONDITION for folders that are not as they should be; UNAVAILABLE if the registry was
 * changed all the time
 */
export async function backUpFleet(dataFolder: string, folder: string): Promise<Manifest> {
  if (!DataFolder.exists(dataFolder)) {
    const reason = "no fleet has data in it";
    throw new FeatureStoreError("FAILED_PRECONDITION", `data folder ${dataFolder}: ${reason}`);
  }
  const source = DataFolder.prepare(dataFolder).path;
  return makeBackup(folder, async (target) => {
    const environment = openEmbeddedEnvironment(source, { readOnly: true });
    try {
      return await copyFleet(source, environment, target);
    } finally {
      await environment.close();
    }
  });
}

async function copyFleet(
  source: string,
  environment: EmbeddedEnvironment,
  target: string,
): Promise<BackupContent> {
  const counts: Counts = {};
  const notes: string[] = [];
  const secret = join(source, JWT_SECRET_FILE);
  if (existsSync(secret)) copyFileSync(secret, join(target, JWT_SECRET_FILE));
  copyDatabase(source, STATE_FILE, target, counts);
  await copyLog(source, target, counts, notes);
  const revisions = await copyControlPlane(source, environment, target, counts);
  await copyRejects(join(source, REJECTS_FOLDER), join(target, REJECTS_FOLDER));
  copyFileSync(join(source, MARKER_FILE), join(target, MARKER_FILE));
  return { kind: "fleet", revisions, counts, notes };
}

/** The databases and the store, with nothing published in between. */
async function copyControlPlane(
  source: string,
  environment: EmbeddedEnvironment,
  target: string,
  counts: Counts,
): Promise<Manifest["revisions"]> {
  for (let attempt = 1; ; attempt += 1) {
    const before = await readRevisions(environment);
    for (const name of [DATABASE_FILE, METASTORE_FILE]) copyDatabase(source, name, target, counts);
    await environment.copyTo(join(target, DATA_FILE));
    const after = await describeStore(target, counts);
    if (before.block === after.block && before.row === after.row) return after;
    if (attempt === MAX_ATTEMPTS) {
      const reason = `the registry was changed during each of ${attempt} attempts: try again`;
      throw new FeatureStoreError("UNAVAILABLE", `data folder ${source}: ${reason}`);
    }
    for (const name of [DATABASE_FILE, METASTORE_FILE, DATA_FILE]) {
      rmSync(join(target, name), { force: true });
    }
  }
}

/** Opens the copy, which shows that it can be, and counts what is in it. */
async function describeStore(target: string, counts: Counts): Promise<Manifest["revisions"]> {
  const file = join(target, DATA_FILE);
  chmodSync(file, OWNER_ONLY);
  const copy = openEmbeddedEnvironment(target, { readOnly: true });
  try {
    for (const [table, count] of Object.entries(copy.countEntries())) {
      counts[`${DATA_FILE}/${table}`] = count;
    }
    return await readRevisions(copy);
  } finally {
    await copy.close();
    rmSync(`${file}-lock`, { force: true });
  }
}

async function readRevisions(environment: EmbeddedEnvironment): Promise<Manifest["revisions"]> {
  const [block = 0, row = 0] = await Promise.all(
    (["block", "row"] as const).map(async (dialect) => {
      const source = new EmbeddedRegistrySource(environment, dialect);
      try {
        return (await source.load(AbortSignal.timeout(READ_TIMEOUT_MS))).revision;
      } finally {
        await source.close();
      }
    }),
  );
  return { block, row };
}

function copyDatabase(source: string, name: string, target: string, counts: Counts): void {
  if (!existsSync(join(source, name))) return;
  const { rowCounts } = copyEmbeddedDatabase(join(source, name), join(target, name));
  for (const [table, count] of rowCounts) counts[`${name}/${table}`] = count;
}

/** The copy is opened once: it ends where its records end, and says so from then on. */
async function copyLog(
  source: string,
  target: string,
  counts: Counts,
  notes: string[],
): Promise<void> {
  const folder = join(target, LOG_FOLDER);
  if (!(await copyEmbeddedLog(join(source, LOG_FOLDER), folder))) return;
  const log = await EmbeddedLog.open(folder, {
    log: createLogger({ service: "ofs", level: "DISABLED" }),
  });
  try {
    for (const { name, partitions } of log.topics()) {
      const records = partitions.map(({ startOffset, endOffset }) => endOffset - startOffset);
      counts[`${LOG_FOLDER}/${name}`] = records.reduce((sum, count) => sum + count, 0);
    }
    notes.push(...log.status().damages.map(({ message }) => message));
  } finally {
    await log.close();
  }
}

/** What the populator adds to its files of rejects meanwhile may be missing. */
async function copyRejects(source: string, target: string): Promise<void> {
  if (!existsSync(source)) return;
  await cp(source, target, { recursive: true });
}
