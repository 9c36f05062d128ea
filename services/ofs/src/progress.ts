/** Between two drawings of the bar. */
const REDRAW_INTERVAL_MS = 100;

const BAR_WIDTH = 24;

/** The part of a terminal that is needed; `process.stderr` is one. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/**
 * Shows how far a long job is, in one line that is redrawn. Where the output is no terminal, only the end is
 * written.
 */
export class Progress {
  readonly #output: ProgressOutput;
  readonly #label: string;
  readonly #total: number | undefined;
  readonly #startedAtMs: number;
  readonly #now: () => number;
  #drawnAtMs = Number.NEGATIVE_INFINITY;

  /** @param total undefined = not known */
  constructor(
    output: ProgressOutput,
    label: string,
    total?: number,
    now: () => number = () => performance.now(),
  ) {
    this.#output = output;
    this.#label = label;
    this.#total = total;
    this.#now = now;
    this.#startedAtMs = now();
  }

  /** @param count done until now */
  update(count: number): void {
    const now = this.#now();
    if (this.#output.isTTY !== true || now - this.#drawnAtMs < REDRAW_INTERVAL_MS) return;
    this.#drawnAtMs = now;
    this.#output.write(`\r\u001b[K${this.#label} ${this.#bar(count)}${count} rows`);
  }

  /** Ends the line. @param count done in all */
  finish(count: number): void {
    const seconds = (this.#now() - this.#startedAtMs) / 1000;
    const start = this.#output.isTTY === true ? "\r\u001b[K" : "";
    this.#output.write(`${start}${this.#label} ${count} rows in ${seconds.toFixed(1)} s\n`);
  }

  /** Removes the line, so that a message can take its place. */
  clear(): void {
    if (this.#output.isTTY === true) this.#output.write("\r\u001b[K");
  }

  #bar(count: number): string {
    if (this.#total === undefined || this.#total === 0) return "";
    const share = Math.min(1, count / this.#total);
    const full = Math.round(share * BAR_WIDTH);
    const percent = `${Math.floor(share * 100)}%`.padStart(4);
    return `[${"#".repeat(full)}${"-".repeat(BAR_WIDTH - full)}]${percent} `;
  }
}
