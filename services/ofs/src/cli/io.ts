import type { Readable } from "node:stream";
import type { ProgressOutput } from "../progress.ts";

/** What a command reads and writes; tests bring their own. */
export interface CliIo {
  readonly stdin: Readable;
  /** Results only, so that it can be piped. */
  readonly stdout: { write(text: string): unknown };
  /** Messages, notes and progress. */
  readonly stderr: ProgressOutput;
  readonly env: NodeJS.ProcessEnv;
  /** Called and waited for when nobody reads what is written any more, before the process exits. */
  readonly beforeExit?: Set<() => Promise<unknown>>;
}
