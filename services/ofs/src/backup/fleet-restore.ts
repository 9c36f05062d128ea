import { cp } from "node:fs/promises";
import { join } from "node:path";
import { DataFolder } from "../fleet/data-folder.ts";
import { compareFiles, syncTree, verifyBackup } from "./backup-files.ts";
import { type Manifest, refusedKind } from "./manifest.ts";

/**
 * Puts a backup of a fleet in the place of a data folder, whole or not at all.
 *
 * @param folder of the backup
 * @param dataFolder that no fleet serves from; may be absent
 * @param isReplacing whether a fleet's data may be in it: it is removed
 * @throws {FeatureStoreError} FAILED_PRECONDITION for a backup that is damaged, and a data folder that is in use or not empty
 */
export async function restoreFleet(
  folder: string,
  dataFolder: string,
  isReplacing: boolean,
): Promise<Manifest> {
  const manifest = await verifyBackup(folder);
  assertRestorable(folder, manifest, dataFolder, isReplacing);
  await DataFolder.replace(dataFolder, isReplacing, async (target) => {
    for (const { path } of manifest.files) {
      await cp(join(folder, path), join(target, path), { recursive: true });
    }
    await syncTree(target);
    // What was copied is what was checked.
    await compareFiles(target, manifest.files);
  });
  return manifest;
}

/** @throws {FeatureStoreError} FAILED_PRECONDITION for a backup of something else, and a data folder that it must not go to */
export function assertRestorable(
  folder: string,
  { kind }: Manifest,
  dataFolder: string,
  isReplacing: boolean,
): void {
  if (kind !== "fleet") throw refusedKind(folder, kind, "name an etcd with --etcd");
  DataFolder.assertReplaceable(dataFolder, isReplacing);
}
