import { brokenTable } from "../errors.ts";

/**
 * Decodes a path of the log: it is percent-encoded once.
 *
 * @returns relative to the table, or absolute with a scheme
 * @throws {DeltaError} FAILED_PRECONDITION if it is not properly encoded
 */
export function resolveLogPath(text: string): string {
  try {
    const path = decodeURIComponent(text);
    if (path !== "" && !path.includes("\0")) return path;
  } catch (cause) {
    throw brokenTable(`path ${JSON.stringify(text)} in the log is not percent-encoded`, cause);
  }
  throw brokenTable(`path ${JSON.stringify(text)} in the log names no file`);
}
