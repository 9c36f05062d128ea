import { type Command, Option } from "commander";
import { OperatorClient, parseAddress } from "./operator-client.ts";

export const DEFAULT_CONSUMER_ADDRESS = "127.0.0.1:8090";

/** Options of every command that calls the consumer. */
export interface ConsumerFlags {
  readonly consumer: string;
  readonly adminToken?: string;
  readonly deadline?: number;
}

/** Adds the options to one command. Each can also be set by an environment variable. */
export function addConsumerOptions(command: Command, env: NodeJS.ProcessEnv): Command {
  const { OFS_CONSUMER_ADDRESS: address, OFS_ADMIN_TOKEN: secret } = env;
  const token = new Option(
    "--admin-token <token>",
    "the consumer's ADMIN_TOKEN (env: OFS_ADMIN_TOKEN)",
  );
  // It is a secret: help must not show it.
  if (secret) token.default(secret, "from the environment");
  return command
    .addOption(
      new Option("--consumer <address>", "host:port or URL (env: OFS_CONSUMER_ADDRESS)")
        .default(address || DEFAULT_CONSUMER_ADDRESS)
        .argParser(parseAddress),
    )
    .addOption(token);
}

/** Talks to the consumer's HTTP. */
export class ConsumerClient extends OperatorClient {
  constructor({ consumer, adminToken, deadline }: ConsumerFlags) {
    super({
      service: "consumer",
      address: consumer,
      addressNames: "--consumer or OFS_CONSUMER_ADDRESS",
      adminToken,
      deadlineMs: deadline,
    });
  }
}
