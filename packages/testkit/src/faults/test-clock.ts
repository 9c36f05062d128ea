import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The same place seen from `src/faults` and from `dist/faults`. */
const PRELOAD = new URL("../../preload/clock.mjs", import.meta.url);
const OFFSET_BYTES = 8;

/**
 * The clock of one child process: what its `Date.now()` and `new Date()` say. A change takes effect before the call
 * returns. Timers and `performance.now()` go on undisturbed, as they do when an operator sets the clock.
 */
export class TestClock {
  readonly #folder: string;
  readonly #file: number;
  #offsetMs = 0;
  #isClosed = false;

  private constructor(folder: string, file: number) {
    this.#folder = folder;
    this.#file = file;
  }

  static async create(): Promise<TestClock> {
    const folder = await mkdtemp(join(tmpdir(), "ofs-clock-"));
    const clock = new TestClock(folder, openSync(join(folder, "offset"), "w"));
    clock.set(0);
    return clock;
  }

  /** Milliseconds that the child's clock is ahead; behind if negative. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** @throws {RangeError} for an offset that is no finite number */
  set(offsetMs: number): void {
    if (!Number.isFinite(offsetMs)) throw new RangeError(`offsetMs is ${offsetMs}`);
    if (this.#isClosed) throw new Error("the process of this clock has ended");
    const bytes = Buffer.alloc(OFFSET_BYTES);
    bytes.writeDoubleLE(offsetMs);
    writeSync(this.#file, bytes, 0, OFFSET_BYTES, 0);
    this.#offsetMs = offsetMs;
  }

  /** Moves it on, or back if negative. */
  jump(ms: number): void {
    this.set(this.#offsetMs + ms);
  }

  /** What a Node process needs to be under this clock. */
  get nodeOptions(): readonly string[] {
    return ["--import", PRELOAD.href];
  }

  get env(): Readonly<Record<string, string>> {
    return { OFS_TEST_CLOCK_FILE: join(this.#folder, "offset") };
  }

  get folder(): string {
    return this.#folder;
  }

  /** Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSync(this.#file);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
