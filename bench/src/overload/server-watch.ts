import { readFileSync } from "node:fs";

const SAMPLE_MS = 200;

/** Largest memory of a process while it is watched (Linux). */
export class ServerWatch {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  #maxBytes = 0;

  constructor(pid: number) {
    this.#pid = pid;
    this.#sample();
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS);
  }

  /** @returns the largest resident set, in mebibytes */
  stop(): number {
    clearInterval(this.#timer);
    return Math.round(this.#maxBytes / 2 ** 20);
  }

  #sample(): void {
    const status = readFileSync(`/proc/${this.#pid}/status`, "utf8");
    const [, kibibytes] = /^VmRSS:\s+(\d+)/m.exec(status) ?? [];
    this.#maxBytes = Math.max(this.#maxBytes, Number(kibibytes ?? 0) * 1024);
  }
}
