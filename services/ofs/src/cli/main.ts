import { runCli } from "./program.ts";

const beforeExit = new Set<() => Promise<unknown>>();

// A reader that has seen enough, such as `head`, closes the pipe: no failure of this program.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  const ends = [...beforeExit].map((end) => end());
  // What is written meanwhile fails in the same way, and is answered so too.
  void Promise.allSettled(ends).then(() => process.exit(0));
});

process.exitCode = await runCli(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  beforeExit,
});
