/** The command line or its input is wrong: nothing was sent. Ends the program with exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The command could not be carried out. Ends the program with exit code 1. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}
