import type { Command } from "commander";
import { type ConnectionFlags, connect } from "../connection.ts";
import type { CliIo } from "../io.ts";

const DEFAULT_DEADLINE_MS = 5_000;

const EXAMPLES = `
Examples:
  ofs ping
  ofs ping --address features.internal:8089 --tls && echo serving`;

/** `ofs ping`: tells whether a server serves, and takes the caller's token. */
export function addPingCommand(program: Command, io: CliIo): void {
  program
    .command("ping")
    .description("check that the server serves and takes the caller's token")
    .addHelpText("after", EXAMPLES)
    .action(async (_: object, command: Command) => {
      await ping(command.optsWithGlobals<ConnectionFlags>(), io);
    });
}

async function ping(flags: ConnectionFlags, io: CliIo): Promise<void> {
  const client = connect(flags, DEFAULT_DEADLINE_MS);
  try {
    await client.ping();
    // The health check asks for no token, this does. The connection is open now, so it shows a call's time.
    const startedAt = performance.now();
    const { registryRevision, entities } = await client.describe();
    const ms = (performance.now() - startedAt).toFixed(1);
    io.stdout.write(
      `${flags.address} is serving: ${entities.length} entities, registry revision ${registryRevision}, ${ms} ms\n`,
    );
  } finally {
    client.close();
  }
}
