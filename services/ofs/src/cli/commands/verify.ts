import type { Command } from "commander";
import { verifyBackup } from "../../backup/backup-files.ts";
import { writeManifest } from "../backup-targets.ts";
import type { CliIo } from "../io.ts";

/** `ofs verify`: reads a backup and compares it with its checksums. */
export function addVerifyCommand(program: Command, io: CliIo): void {
  program
    .command("verify")
    .description("read a whole backup and compare it with its checksums")
    .argument("<folder>", "of the backup")
    .action(async (folder: string) => writeManifest(io, folder, await verifyBackup(folder)));
}
