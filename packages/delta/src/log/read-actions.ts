import { brokenTable } from "../errors.ts";
import type { TableStorage } from "../storage/table-storage.ts";
import { type Action, parseAction } from "./actions.ts";
import type { LogFile } from "./log-files.ts";

/** Of one file of the log in JSON. */
export const LOG_FILE_BYTES_MAX = 512 * 1024 * 1024;

const NEWLINE = 0x0a;

/**
 * Reads a commit, a compacted one or a checkpoint in JSON: one action a line.
 *
 * @throws {DeltaError} naming file and line
 */
export async function readActions(
  storage: TableStorage,
  { path }: Pick<LogFile, "path">,
  signal?: AbortSignal,
): Promise<Action[]> {
  const bytes = await storage.read(path, LOG_FILE_BYTES_MAX, signal);
  const actions: Action[] = [];
  for (let start = 0, line = 1; start < bytes.length; line++) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    const text = bytes.toString("utf8", start, end).trim();
    start = end + 1;
    if (text !== "") actions.push(parseAction(parseLine(text, path, line), `${path} line ${line}`));
  }
  if (actions.length === 0) throw brokenTable(`${path} is empty`);
  return actions;
}

function parseLine(text: string, path: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw brokenTable(`${path} line ${line} is not JSON: ${(cause as Error).message}`, cause);
  }
}
