import type { Command } from "commander";
import { type LagAnswer, lagSchema } from "../consumer-answers.ts";
import { addConsumerOptions, ConsumerClient, type ConsumerFlags } from "../consumer-client.ts";
import type { CliIo } from "../io.ts";
import { printable } from "../output/printable.ts";
import { formatTable } from "../output/table.ts";

interface LagFlags extends ConsumerFlags {
  readonly json?: true;
}

const EXAMPLES = `
Examples:
  ofs lag
  ofs lag --json`;

/** `ofs lag`: shows how far the consumer is behind. */
export function addLagCommand(program: Command, io: CliIo): void {
  const command = program
    .command("lag")
    .description("show how far the consumer is behind, by topic and partition")
    .option("--json", "everything, as JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (_: object, self: Command) => {
      const flags = self.optsWithGlobals<LagFlags>();
      const answer = await new ConsumerClient(flags).get("/lag", lagSchema);
      const isJson = flags.json === true;
      io.stdout.write(isJson ? `${JSON.stringify(answer, undefined, 2)}\n` : formatLag(answer));
    });
  addConsumerOptions(command, io.env);
}

function formatLag({ group, lag, topics }: LagAnswer): string {
  const rows = topics.flatMap(({ topic, partitions }) =>
    partitions.map((partition) => [
      topic,
      String(partition.partition),
      partition.committed === undefined ? "-" : String(partition.committed),
      String(partition.endOffset),
      String(partition.lag),
      stateOf(partition),
    ]),
  );
  const table = formatTable(["topic", "partition", "committed", "end", "lag", "state"], rows);
  return `${table}group ${group}: ${lag} records behind\n`;
}

function stateOf(partition: LagAnswer["topics"][number]["partitions"][number]): string {
  if (partition.halted !== undefined) return printable(`halted: ${partition.halted.reason}`);
  if (!partition.isAssignedHere) return "not read by this process";
  if ((partition.waitingRecords ?? 0) > 0) {
    return `${partition.waitingRecords} records wait for the registry`;
  }
  return partition.paused === undefined ? "reading" : `paused: ${partition.paused}`;
}
