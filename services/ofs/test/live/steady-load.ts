import { setTimeout as pause } from "node:timers/promises";
import type { OfsClient } from "@ofs/client";
import { isSameRow, messageOf, type Row, readRow, STEADY, writeRow } from "./feature-rows.ts";
import type { LiveFleet } from "./live-fleet.ts";

/** Rows that are there before the first change, and stay. */
const OLD_ROWS = 5;
const KEYS_PER_LOOP = 5;
/** Between two calls of a loop: the machine has the fleet to run, too. */
const PAUSE_MS = 10;
/** Kept of all failures. */
const FAILURES_MAX = 20;

const LABELS = ["a", "b"] as const;
const DEFAULT_B = 0.25;

export interface LoadCounts {
  reads: number;
  writes: number;
  records: number;
  failures: number;
}

/** Writes of one moment. */
export interface Acknowledged {
  /** Whether each key reads as it was then, or as it was later. */
  isReadable(client: OfsClient): Promise<boolean>;
}

/**
 * Reads, writes and messages of one schema, from before the changes until after them. What such a caller asks for is never
 * taken away, so none of its calls may fail, and each answer must be right.
 */
export class SteadyLoad {
  readonly counts: LoadCounts = { reads: 0, writes: 0, records: 0, failures: 0 };
  /** The first ones, in words. */
  readonly failures: string[] = [];
  /** Newest number of each key that the log has acknowledged. */
  readonly #produced = new Map<string, number>();
  /** Newest number of each key that an api-server has acknowledged. */
  readonly #written = new Map<string, number>();
  readonly #fleet: LiveFleet;
  readonly #clients: readonly OfsClient[];
  #isOver = false;
  #loops: Promise<void>[] = [];

  constructor(fleet: LiveFleet, clients: readonly OfsClient[]) {
    this.#fleet = fleet;
    this.#clients = clients;
  }

  /** Writes the old rows, and begins. */
  async start(): Promise<void> {
    const [first] = this.#clients as [OfsClient];
    for (const [key, row] of oldRows()) await writeRow(first, STEADY, key, row);
    this.#loops = [
      ...this.#clients.map((client, index) => this.#loop((n) => this.#read(client, index + n))),
      ...this.#clients.map((client, index) => this.#loop((n) => this.#write(client, index, n))),
      this.#loop((n) => this.#produce(n)),
    ];
  }

  /** Ends it; calls under way are waited for. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#loops);
  }

  /** Whether everything that the log has acknowledged can be read. */
  async isConsumed(): Promise<boolean> {
    for (const client of this.#clients) {
      for (const [key, value] of this.#produced) {
        const row = await readRow(client, STEADY, key, LABELS);
        if (!isSameRow(row, rowOf(value))) return false;
      }
    }
    return true;
  }

  /** What has been acknowledged until now. */
  acknowledged(): Acknowledged {
    const newest = new Map([...this.#produced, ...this.#written]);
    return {
      async isReadable(client) {
        for (const [key, value] of newest) {
          const { a = 0, b } = await readRow(client, STEADY, key, LABELS);
          if (a < value || b !== -a) return false;
        }
        return newest.size > 0;
      },
    };
  }

  async #loop(step: (n: number) => Promise<void>): Promise<void> {
    for (let n = 1; !this.#isOver; n += 1) {
      try {
        await step(n);
      } catch (error) {
        this.#fail(String(error));
      }
      await pause(PAUSE_MS);
    }
  }

  async #read(client: OfsClient, n: number): Promise<void> {
    const rows = [...oldRows()];
    const [key, expected] = rows[n % rows.length] as [string, Row];
    this.#expect(key, await readRow(client, STEADY, key, LABELS), expected);
    // A key that nobody has: of its defaults one is never edited.
    this.#expect("nobody", await readRow(client, STEADY, "nobody", ["b"]), { b: DEFAULT_B });
    this.counts.reads += 2;
  }

  async #write(client: OfsClient, writer: number, n: number): Promise<void> {
    const key = `writer${writer}-${n % KEYS_PER_LOOP}`;
    await writeRow(client, STEADY, key, rowOf(n));
    this.#written.set(key, n);
    this.#expect(key, await readRow(client, STEADY, key, LABELS), rowOf(n));
    this.counts.writes += 1;
    this.counts.reads += 1;
  }

  async #produce(n: number): Promise<void> {
    const key = `producer-${n % KEYS_PER_LOOP}`;
    await this.#fleet.produce(messageOf(STEADY, key, rowOf(n)));
    this.#produced.set(key, n);
    this.counts.records += 1;
  }

  #expect(key: string, row: Row, expected: Row): void {
    if (isSameRow(row, expected)) return;
    this.#fail(`${key} is ${JSON.stringify(row)}, not ${JSON.stringify(expected)}`);
  }

  #fail(what: string): void {
    this.counts.failures += 1;
    if (this.failures.length < FAILURES_MAX) this.failures.push(what);
  }
}

/** Exact as FP32 for all numbers that a test gets to. */
function rowOf(n: number): Row {
  return { a: n, b: -n };
}

function* oldRows(): Generator<readonly [key: string, row: Row]> {
  for (let n = 1; n <= OLD_ROWS; n += 1) yield [oldKey(n), rowOf(n / 4)];
}

function oldKey(n: number): string {
  return `old${n}`;
}

/** One of the old rows. */
export const OLD_ROW = { key: oldKey(1), row: rowOf(1 / 4) } as const;
