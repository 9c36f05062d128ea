import { loadTreeFile } from "@ofs/registry";
import type { Command } from "commander";
import { UsageError } from "../failures.ts";
import type { CliIo } from "../io.ts";
import { formatChanges, formatFaults } from "../load/format-plan.ts";
import { planLoad } from "../load/plan-load.ts";
import { openTarget } from "../load/registry-target.ts";
import { addTargetOptions, type TargetFlags } from "../load/target-options.ts";

interface LoadFlags extends TargetFlags {
  readonly dryRun?: true;
  readonly force?: true;
}

const EXAMPLES = `
The file adds and changes; it deletes nothing. What would leave a part of the registry unservable is refused.
Servers that watch the registry serve the change at once. Tables of Scylla or Cassandra are not created.

Examples:
  ofs load entities.yaml --dry-run
  ofs load entities.yaml                           into the data folder, also of a running fleet
  ofs load entities.yaml --etcd 127.0.0.1:2379     into etcd, below /config/onfs`;

/** `ofs load`: publishes a tree file. */
export function addLoadCommand(program: Command, io: CliIo): void {
  const command = program
    .command("load")
    .description("publish entities, groups, stores or callers from a YAML or JSON tree file")
    .argument("<file>")
    .option("--dry-run", "show what would change, write nothing")
    .option("--force", "write even what leaves parts of the registry unservable")
    .addHelpText("after", EXAMPLES)
    .action(async (file: string, flags: LoadFlags) => load(file, flags, io));
  addTargetOptions(command, "etcd to load into", io.env);
}

async function load(file: string, flags: LoadFlags, io: CliIo): Promise<void> {
  const wanted = await loadTreeFile(file);
  const target = await openTarget(flags, flags.dryRun === true, io.env);
  try {
    const tree = await target.load();
    const { changes, unchangedCount, newFaults, oldFaults } = planLoad(tree, wanted);
    io.stdout.write(formatChanges(tree, changes));
    if (oldFaults.length > 0) {
      io.stderr.write(`note: faults that the registry has already:\n${formatFaults(oldFaults)}`);
    }
    if (newFaults.length > 0) {
      const faults = `${file} makes faults:\n${formatFaults(newFaults)}`;
      if (flags.force !== true) {
        throw new UsageError(`${faults}nothing written; --force writes it all the same`);
      }
      io.stderr.write(`note: ${faults}`);
    }
    const added = changes.filter(({ path }) => !tree.entries.has(path)).length;
    const summary = `${added} added, ${changes.length - added} changed, ${unchangedCount} unchanged`;
    if (flags.dryRun === true || changes.length === 0) {
      io.stdout.write(`${summary}; nothing written to ${target.name}\n`);
      return;
    }
    const revision = await target.write(changes);
    io.stdout.write(`${summary}; written to ${target.name} at revision ${revision}\n`);
  } finally {
    await target.close();
  }
}
