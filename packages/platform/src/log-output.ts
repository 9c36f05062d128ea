import { type DestinationStream, pino } from "pino";

/** Of lines that wait because nobody reads the output. What is more is dropped, and counted. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;
/** For the last lines of a process. A reader that takes longer does not read at all. */
const LAST_LINES_MS = 3_000;

/**
 * A file descriptor as a log's destination. Lines are written in the background, so that a reader that has stopped holds
 * up nothing else.
 */
class LogOutput implements DestinationStream {
  readonly #stream;
  #isWriting = false;
  #isGivenUp = false;
  #droppedCount = 0;
  #onIdle: (() => void)[] = [];

  constructor(fd: number) {
    this.#stream = pino.destination({ dest: fd, sync: false, maxLength: MAX_WAITING_BYTES });
    this.#stream.on("drop", () => {
      this.#droppedCount += 1;
    });
    this.#stream.on("drain", () => this.#becomeIdle());
    // The service goes on. What waits for a full disk is tried again with the next line; a reader that has gone does not return.
    this.#stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") this.#isGivenUp = true;
      this.#becomeIdle();
    });
  }

  write(line: string): void {
    if (this.#isGivenUp) return;
    this.#isWriting = true;
    this.#stream.write(line);
  }

  /** Ends when all lines so far are written. Those that nobody reads are given up after a while. */
  async flush(): Promise<void> {
    if (!this.#isWriting) return;
    let timer: NodeJS.Timeout | undefined;
    const isLate = await new Promise<boolean>((resolve) => {
      this.#onIdle.push(() => resolve(false));
      timer = setTimeout(() => resolve(true), LAST_LINES_MS);
    });
    clearTimeout(timer);
    if (!isLate) return;
    this.#isGivenUp = true;
    // Or the library would try for ever when the process exits.
    this.#stream.destroy();
  }

  #becomeIdle(): void {
    this.#isWriting = false;
    for (const resolve of this.#onIdle.splice(0)) resolve();
    if (this.#droppedCount === 0) return;
    const dropped = this.#droppedCount;
    this.#droppedCount = 0;
    const level = pino.levels.values["warn"];
    const time = new Date().toISOString();
    this.write(`${JSON.stringify({ level, time, dropped, msg: "log lines were dropped" })}\n`);
  }
}

let standardOutput: LogOutput | undefined;

/** The one of this process: all its loggers share it, so that their lines keep their order. */
export function logOutput(): DestinationStream {
  standardOutput ??= new LogOutput(process.stdout.fd ?? 1);
  return standardOutput;
}

/** For before the process exits: a line that is being written then would come after later ones, or not at all. */
export async function flushLogOutput(): Promise<void> {
  await standardOutput?.flush();
}
