import type { Command } from "commander";
import { backUpFleet } from "../../backup/fleet-backup.ts";
import { backUpRegistry } from "../../backup/registry-backup.ts";
import { withAuthors, writeManifest } from "../backup-targets.ts";
import type { CliIo } from "../io.ts";
import { addTargetOptions, type TargetFlags } from "../load/target-options.ts";

const NOTES = `
Of a data folder everything is backed up, also while a fleet serves from it; of an etcd the registries of both dialects.
What stores, Kafka and MySQL hold is backed up by their own tools. The folder is readable by its owner only: there are
tokens and hashes of passwords in it.

Examples:
  ofs backup /backups/monday                           the data folder
  ofs backup /backups/monday --etcd 127.0.0.1:2379     /config/onfs and /row/onfs/registry`;

/** `ofs backup`: copies a data folder, or the registries of an etcd, into a new folder. */
export function addBackupCommand(program: Command, io: CliIo): void {
  const command = program
    .command("backup")
    .description("back up a data folder, or the registries in etcd, into a new folder")
    .argument("<folder>", "where to; comes into being whole or not at all")
    .addHelpText("after", NOTES)
    .action(async (folder: string, flags: TargetFlags) => {
      const { etcd, appName, dataFolder } = flags;
      const manifest =
        etcd === undefined
          ? await backUpFleet(dataFolder, folder)
          : await withAuthors(etcd, appName, io.env, (authors) => backUpRegistry(authors, folder));
      writeManifest(io, folder, manifest);
    });
  addTargetOptions(command, "back up the registries of this etcd", io.env);
}
