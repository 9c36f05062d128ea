import { setTimeout as delay } from "node:timers/promises";
import type { SeededRandom } from "@ofs/testkit";
import type { Member, Use } from "./consistency-fleet.ts";

export interface HistoryOptions {
  readonly members: readonly Member[];
  readonly use: Use;
  readonly key: string;
  readonly writeCount: number;
  /** How long after an acknowledgement an older answer is allowed still. 0 = not at all. */
  readonly boundMs: number;
  readonly random: SeededRandom;
}

/**
 * Writes rising versions of one key through processes chosen at random, one after the other, while every process is
 * read all the time.
 *
 * @returns what no reader should have seen
 */
export async function recordHistory(options: HistoryOptions): Promise<string[]> {
  const history = new History(options);
  await Promise.all([history.write(), ...options.members.map((_, m) => history.read(m))]);
  return history.faults;
}

class History {
  readonly faults: string[] = [];
  readonly #options: HistoryOptions;
  /** When each version was acknowledged, by version - 1. */
  readonly #acknowledgedMs: number[] = [];
  #startedVersion = 0;
  #isDone = false;

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  async write(): Promise<void> {
    const { members, use, key, writeCount, random } = this.#options;
    for (let version = 1; version <= writeCount; version++) {
      this.#startedVersion = version;
      const member = members[Math.floor(random.next() * members.length)] as Member;
      await member.write(use, key, version);
      this.#acknowledgedMs.push(performance.now());
      await delay(random.next() * 30);
    }
    await delay(this.#options.boundMs);
    this.#isDone = true;
  }

  async read(m: number): Promise<void> {
    const { members, use, key, random } = this.#options;
    const member = members[m] as Member;
    let isLast = false;
    while (!isLast) {
      isLast = this.#isDone;
      const least = this.#leastVersion();
      const version = await member.read(use, key);
      if (version < least || version > this.#startedVersion) {
        this.faults.push(
          `process ${m} answered version ${version}; ${least} was acknowledged before, ${this.#startedVersion} the newest`,
        );
      }
      await delay(random.next() * 10);
    }
  }

  /** That a read which begins now must see. */
  #leastVersion(): number {
    const beforeMs = performance.now() - this.#options.boundMs;
    return this.#acknowledgedMs.findLastIndex((atMs) => atMs <= beforeMs) + 1;
  }
}
