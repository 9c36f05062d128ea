import type { Command } from "commander";
import { verifyBackup } from "../../backup/backup-files.ts";
import { assertRestorable, restoreFleet } from "../../backup/fleet-restore.ts";
import { planRegistryRestore, restoreRegistry } from "../../backup/registry-backup.ts";
import { withAuthors, writeManifest } from "../backup-targets.ts";
import type { CliIo } from "../io.ts";
import { formatChanges } from "../load/format-plan.ts";
import { addTargetOptions, type TargetFlags } from "../load/target-options.ts";

interface RestoreFlags extends TargetFlags {
  readonly dryRun?: true;
  readonly replace?: true;
}

const NOTES = `
The backup is checked first. A data folder must not be in use, and is replaced in one step. What etcd has must be
empty, or is made as the backup is with --replace: more than the backup has is deleted. Stop the control planes first.

Examples:
  ofs restore /backups/monday                                        into a data folder that is empty or absent
  ofs restore /backups/monday --etcd 127.0.0.1:2379 --dry-run        what it would change`;

/** `ofs restore`: puts a backup where it belongs. */
export function addRestoreCommand(program: Command, io: CliIo): void {
  const command = program
    .command("restore")
    .description("put a backup into a data folder, or into etcd")
    .argument("<folder>", "of the backup")
    .option("--dry-run", "check, and show what would change; write nothing")
    .option("--replace", "take the place of what is there")
    .addHelpText("after", NOTES)
    .action(async (folder: string, flags: RestoreFlags) => {
      if (flags.etcd === undefined) await restoreFolder(folder, flags, io);
      else await restoreEtcd(folder, flags.etcd, flags, io);
    });
  addTargetOptions(command, "restore into this etcd", io.env);
}

async function restoreFolder(folder: string, flags: RestoreFlags, io: CliIo): Promise<void> {
  const { dataFolder } = flags;
  const isReplacing = flags.replace === true;
  if (flags.dryRun === true) {
    const manifest = await verifyBackup(folder);
    assertRestorable(folder, manifest, dataFolder, isReplacing);
    writeManifest(io, folder, manifest);
    io.stdout.write(`nothing written to data folder ${dataFolder}\n`);
    return;
  }
  writeManifest(io, folder, await restoreFleet(folder, dataFolder, isReplacing));
  io.stdout.write(`restored to data folder ${dataFolder}\n`);
}

async function restoreEtcd(
  folder: string,
  endpoints: string,
  flags: RestoreFlags,
  io: CliIo,
): Promise<void> {
  await withAuthors(endpoints, flags.appName, io.env, async (authors) => {
    const plans = await planRegistryRestore(folder, authors, flags.replace === true);
    for (const { name, tree, changes } of plans) {
      io.stdout.write(formatChanges(tree, changes));
      io.stdout.write(`${name}: ${changes.length} changes\n`);
    }
    if (flags.dryRun === true) {
      io.stdout.write(`nothing written to etcd ${endpoints}\n`);
      return;
    }
    await restoreRegistry(plans, authors);
    io.stdout.write(`restored to etcd ${endpoints}\n`);
  });
}
