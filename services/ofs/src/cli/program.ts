import { ofsVersion } from "@ofs/platform";
import { Command } from "commander";
import { addBackupCommand } from "./commands/backup.ts";
import { addDeleteCommand } from "./commands/delete.ts";
import { addDeltaCommand } from "./commands/delta.ts";
import { addDescribeCommand } from "./commands/describe.ts";
import { addDlqCommand } from "./commands/dlq.ts";
import { addGetCommand } from "./commands/get.ts";
import { addLagCommand } from "./commands/lag.ts";
import { addLoadCommand } from "./commands/load.ts";
import { addPingCommand } from "./commands/ping.ts";
import { addPopulateCommand } from "./commands/populate.ts";
import { addProduceCommand } from "./commands/produce.ts";
import { addPutCommand } from "./commands/put.ts";
import { addRestoreCommand } from "./commands/restore.ts";
import { addVerifyCommand } from "./commands/verify.ts";
import { addConnectionOptions, DEFAULT_ADDRESS } from "./connection.ts";
import { EXIT_OK, endingOf } from "./exit.ts";
import type { CliIo } from "./io.ts";

const HELP = `
Examples:
  ofs get movie inception --features ratings facts:title
  ofs put movie --file movies.csv
  ofs describe route
  ofs load entities.yaml --dry-run
  ofs produce movie --file movies.csv --wait
  ofs dlq ls

Exit codes: 0 done, 1 it failed, 2 the command line or its input is wrong.`;

/**
 * Runs one command.
 *
 * @param args after the program's name
 * @returns the exit code
 */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  const program = createProgram(io);
  try {
    await program.parseAsync([...args], { from: "user" });
    return EXIT_OK;
  } catch (error) {
    const address = program.opts<{ address?: string }>().address ?? DEFAULT_ADDRESS;
    const { exitCode, message } = endingOf(error, address);
    if (message !== "") io.stderr.write(message);
    return exitCode;
  }
}

function createProgram(io: CliIo): Command {
  const program = new Command("ofs");
  // Before the commands are added: they take these settings over from the program.
  program.exitOverride().configureOutput({
    writeOut: (text) => io.stdout.write(text),
    writeErr: (text) => io.stderr.write(text),
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  });
  program
    .description("Reads, writes and describes features of an online feature store.")
    .version(ofsVersion(), "--version", "print the version")
    .showHelpAfterError("(--help shows the usage)")
    .configureHelp({ showGlobalOptions: true })
    .addHelpText("after", HELP);
  addConnectionOptions(program, io.env);
  addGetCommand(program, io);
  addPutCommand(program, io);
  addDeleteCommand(program, io);
  addDescribeCommand(program, io);
  addPingCommand(program, io);
  addLoadCommand(program, io);
  addProduceCommand(program, io);
  addLagCommand(program, io);
  addDlqCommand(program, io);
  addPopulateCommand(program, io);
  addDeltaCommand(program, io);
  addBackupCommand(program, io);
  addVerifyCommand(program, io);
  addRestoreCommand(program, io);
  return program;
}
