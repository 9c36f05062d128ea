/** Takes one line of progress. */
export type Log = (line: string) => void;

/** Writes progress to stderr, so that stdout stays for results. */
export function stderrLog(prefix: string): Log {
  return (line) => process.stderr.write(`[${prefix}] ${line}\n`);
}
