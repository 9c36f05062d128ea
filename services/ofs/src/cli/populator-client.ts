import { type Command, Option } from "commander";
import { z } from "zod";
import { OperatorClient, parseAddress } from "./operator-client.ts";

export const DEFAULT_POPULATOR_ADDRESS = "127.0.0.1:8091";

/** Options of every command that calls the populator. */
export interface PopulatorFlags {
  readonly populator: string;
  readonly adminToken?: string;
  readonly deadline?: number;
  readonly json?: true;
}

/** Adds the options to one command. Each can also be set by an environment variable. */
export function addPopulatorOptions(command: Command, env: NodeJS.ProcessEnv): Command {
  const { OFS_POPULATOR_ADDRESS: address, OFS_ADMIN_TOKEN: secret } = env;
  const token = new Option(
    "--admin-token <token>",
    "the populator's ADMIN_TOKEN (env: OFS_ADMIN_TOKEN)",
  );
  // It is a secret: help must not show it.
  if (secret) token.default(secret, "from the environment");
  return command
    .addOption(
      new Option("--populator <address>", "host:port or URL (env: OFS_POPULATOR_ADDRESS)")
        .default(address || DEFAULT_POPULATOR_ADDRESS)
        .argParser(parseAddress),
    )
    .addOption(token)
    .option("--json", "the answer, as JSON");
}

/** Talks to the populator's HTTP. */
export class PopulatorClient extends OperatorClient {
  constructor({ populator, adminToken, deadline }: PopulatorFlags) {
    super({
      service: "populator",
      address: populator,
      addressNames: "--populator or OFS_POPULATOR_ADDRESS",
      adminToken,
      deadlineMs: deadline,
    });
  }
}

const runSchema = z.looseObject({
  name: z.string(),
  state: z.string(),
  currentVersion: z.number().optional(),
  endVersion: z.number().optional(),
  sentCount: z.number(),
  rejectedCount: z.number(),
  skippedCount: z.number(),
  /** Populators of earlier versions do not tell it. */
  deletedCount: z.number().default(0),
  ignoredDeleteFileCount: z.number(),
  error: z.string().optional(),
});

export type RunAnswer = z.output<typeof runSchema>;

export const latestSchema = z.object({ data: z.looseObject({ latestVersion: z.number() }) });
export const namedSchema = z.object({ data: z.looseObject({ name: z.string() }) });
export const registeredSchema = z.object({ data: z.looseObject({ tableName: z.string() }) });
export const runsSchema = z.object({ data: z.array(runSchema) });
export const statusSchema = z.object({
  data: runSchema.extend({
    openFileCount: z.number(),
    failedFileCount: z.number(),
    rejects: z.array(
      z.looseObject({
        cause: z.string(),
        rowCount: z.number(),
        samples: z.array(z.looseObject({ reason: z.string() })),
      }),
    ),
    rejectsFolder: z.string().optional(),
  }),
});

export type StatusAnswer = z.output<typeof statusSchema>["data"];
