import { OfsClientError } from "@ofs/client";
import { FeatureStoreError } from "@ofs/platform";
import { CommanderError } from "commander";
import { CommandError, UsageError } from "./failures.ts";
import { InputError } from "./input/input-record.ts";

/** Done. */
export const EXIT_OK = 0;
/** It could not be carried out. */
export const EXIT_FAILED = 1;
/** The command line or its input is wrong. */
export const EXIT_USAGE = 2;

/** How a program ends. */
export interface Ending {
  readonly exitCode: number;
  /** For stderr, in lines; empty where everything is said already. */
  readonly message: string;
}

/** What may help, by the code of a failed call. */
const HINTS: Readonly<Record<string, string>> = {
  UNAUTHENTICATED: "who calls is told by --caller-id and --token, or OFS_CALLER_ID and OFS_TOKEN",
  DEADLINE_EXCEEDED: "--deadline gives it more time",
};

/**
 * Turns what a command threw into an exit code and a message.
 *
 * @param address that was called
 * @throws the error itself if it is a defect of this program
 */
export function endingOf(error: unknown, address: string): Ending {
  if (error instanceof CommanderError) {
    return { exitCode: error.exitCode === 0 ? EXIT_OK : EXIT_USAGE, message: "" };
  }
  if (error instanceof UsageError || error instanceof InputError) {
    return { exitCode: EXIT_USAGE, message: `error: ${error.message}\n` };
  }
  if (error instanceof CommandError) {
    return { exitCode: EXIT_FAILED, message: `error: ${error.message}\n` };
  }
  if (error instanceof OfsClientError) return clientEnding(error, address);
  if (error instanceof FeatureStoreError) {
    const exitCode = error.code === "INVALID_ARGUMENT" ? EXIT_USAGE : EXIT_FAILED;
    return { exitCode, message: `error: ${error.message}\n` };
  }
  throw error;
}

function clientEnding(error: OfsClientError, address: string): Ending {
  const fault = error.code === "UNAVAILABLE" ? connectionFault(error.details) : undefined;
  if (fault !== undefined) {
    return {
      exitCode: EXIT_FAILED,
      message:
        `error: no server answers at ${address}: ${fault}\n` +
        "start one with `npm start`, or name another with --address or OFS_ADDRESS\n",
    };
  }
  const hint = HINTS[error.code];
  const exitCode = error.code === "INVALID_ARGUMENT" ? EXIT_USAGE : EXIT_FAILED;
  return {
    exitCode,
    message: `error: ${error.message}\n${hint === undefined ? "" : `${hint}\n`}`,
  };
}

/** What the system says of a connection that could not be made. */
const SYSTEM_FAULT = /(?:connect|getaddrinfo|read|write) E[A-Z_]+(?: \S*[^\s.])?/;
const CHANNEL_FAULT = /No connection established|Connection dropped|Name resolution failed[^.]*/;

/**
 * The gRPC library has one code for "no connection" and "the server says so"; only its texts differ.
 *
 * @returns the fault in short; undefined if the server answered
 */
function connectionFault(details: string): string | undefined {
  return SYSTEM_FAULT.exec(details)?.[0] ?? CHANNEL_FAULT.exec(details)?.[0];
}
