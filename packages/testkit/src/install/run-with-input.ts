import { spawn } from "node:child_process";
import { once } from "node:events";

const TAIL_CHARS = 2000;

export interface InputOptions {
  /** All of its standard input. */
  readonly input: string;
  readonly env: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
}

/**
 * Runs a command that reads its orders from standard input, to its end.
 *
 * @throws {Error} with the command and the end of its output when it fails
 */
export async function spawnWithInput(
  command: string,
  args: readonly string[],
  { input, env, timeoutMs }: InputOptions,
): Promise<void> {
  const child = spawn(command, args, { env, timeout: timeoutMs, stdio: "pipe" });
  let output = "";
  const collect = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-TAIL_CHARS);
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  // One that ends early closes its input; its exit code tells.
  child.stdin.on("error", (error) => collect(Buffer.from(`${error.message}\n`)));
  child.stdin.end(input);
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  if (code !== 0) throw new Error(`${command} failed (${code ?? signal}): ${output.trim()}`);
}
