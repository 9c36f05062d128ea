import { once } from "node:events";
import { Writable } from "node:stream";
import type { CliIo } from "../io.ts";

/**
 * Writes, and waits where the reader of a pipe is slower: long output must not gather in memory.
 *
 * @param signal ends the waiting
 */
export async function writeText(
  stdout: CliIo["stdout"],
  text: string,
  signal?: AbortSignal,
): Promise<void> {
  if (stdout.write(text) !== false || !(stdout instanceof Writable)) return;
  await once(stdout, "drain", signal === undefined ? {} : { signal });
}
