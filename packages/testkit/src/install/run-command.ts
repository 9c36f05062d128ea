import { execFile } from "node:child_process";

const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;
const TAIL_CHARS = 2000;

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly timeoutMs?: number;
}

/**
 * Runs a command to its end.
 *
 * @returns its stdout
 * @throws {Error} with the command line and the end of its output when it fails
 */
export function runCommand(
  command: string,
  args: readonly string[],
  { cwd, env, timeoutMs = 0 }: CommandOptions = {},
): Promise<string> {
  const options = { cwd, env, timeout: timeoutMs, maxBuffer: OUTPUT_BYTES_MAX };
  return new Promise((resolve, reject) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      if (error === null) {
        resolve(stdout);
        return;
      }
      const tail = `${stdout}\n${stderr}`.trim().slice(-TAIL_CHARS);
      const line = [command, ...args].join(" ");
      reject(
        new Error(`${line} failed (${error.code ?? error.signal}): ${tail}`, { cause: error }),
      );
    });
  });
}
