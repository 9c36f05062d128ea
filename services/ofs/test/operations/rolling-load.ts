import { setTimeout as pause } from "node:timers/promises";
import type { OfsClient } from "@ofs/client";
import { Operator } from "../../../horizon/test/support/operator.ts";
import {
  connect,
  isSameRow,
  messageOf,
  type Row,
  readRow,
  STEADY,
  writeRow,
} from "../live/feature-rows.ts";
import { ADMIN } from "../live/live-fleet.ts";
import type { RollingFleet } from "./rolling-fleet.ts";

/** Rows that are there before the first restart, and stay. */
const OLD_ROWS = 5;
const KEYS_PER_LOOP = 5;
const READERS = 4;
const WRITERS = 2;
/** Callers of their own, so that an api-server's metrics tell which are back. */
export const CALLERS = Array.from({ length: READERS + WRITERS }, (_, index) => `rolling-${index}`);
/** Between two calls of a loop: the machine has the fleet to run, too. */
const PAUSE_MS = 10;
/** Between two calls of the control plane's loop: it limits requests by minute. */
const ADMIN_PAUSE_MS = 100;
/** How long a refused call is repeated: the other process has to be there. */
const REFUSED_MS = 30_000;
const FAILURES_MAX = 20;
const LABELS = ["a", "b"] as const;

/**
 * What clients do while processes are restarted, and what they were answered. No call to the data plane is repeated here: a gRPC
 * client has all addresses, takes them in turn and follows GOAWAY, as clients of production do.
 */
export class RollingLoad {
  readonly counts = { reads: 0, writes: 0, records: 0, admin: 0 };
  /** The first ones, in words. */
  readonly failures: string[] = [];
  /** Newest number of each key that was acknowledged. */
  readonly #ledger = new Map<string, number>();
  readonly #fleet: RollingFleet;
  readonly #clients: OfsClient[];
  readonly #operators: Operator[] = [];
  #isOver = false;
  #loops: Promise<void>[] = [];

  constructor(fleet: RollingFleet) {
    this.#fleet = fleet;
    const addresses = fleet.services["api-server"].origins.map((origin) => new URL(origin).host);
    const address = `ipv4:${addresses.join(",")}`;
    this.#clients = CALLERS.map((callerId) => connect(address, callerId));
  }

  async start(): Promise<void> {
    const [first] = this.#clients as [OfsClient];
    for (let n = 1; n <= OLD_ROWS; n += 1) await writeRow(first, STEADY, `old${n}`, rowOf(n));
    const { origins } = this.#fleet.services.horizon;
    const admin = { email: ADMIN.ADMIN_EMAIL, madePassword: ADMIN.ADMIN_PASSWORD };
    const operator = await Operator.signIn(origins[0] as string, admin);
    this.#operators.push(...origins.map((origin) => operator.at(origin)));
    this.#loops = [
      ...this.#clients.map((client, index) =>
        index < READERS
          ? this.#loop("read", (n) => this.#read(client, n), PAUSE_MS)
          : this.#loop("write", (n) => this.#write(client, index, n), PAUSE_MS),
      ),
      this.#loop("produce", (n) => this.#produce(n), PAUSE_MS),
      this.#loop("admin", (n) => this.#administer(n), ADMIN_PAUSE_MS),
    ];
  }

  /** Ends it; calls under way are waited for. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#loops);
  }

  close(): void {
    for (const client of this.#clients) client.close();
  }

  /** @returns keys of which the newest acknowledged value, or a later one, cannot be read */
  async lost(): Promise<string[]> {
    const [client] = this.#clients as [OfsClient];
    const lost: string[] = [];
    for (const [key, value] of this.#ledger) {
      const row = await readRow(client, STEADY, key, LABELS);
      if (!isSameRow(row, rowOf(value)))
        lost.push(`${key} is ${JSON.stringify(row)}, not ${value}`);
    }
    return lost;
  }

  /** Rows that a table brings: each has its number. @returns how many are not there */
  async missing(keys: readonly string[]): Promise<number> {
    const [client] = this.#clients as [OfsClient];
    let count = 0;
    for (const [index, key] of keys.entries()) {
      if (!isSameRow(await readRow(client, STEADY, key, LABELS), rowOf(index))) count += 1;
    }
    return count;
  }

  async #loop(what: string, step: (n: number) => Promise<void>, pauseMs: number): Promise<void> {
    for (let n = 1; !this.#isOver; n += 1) {
      try {
        await step(n);
      } catch (error) {
        if (this.failures.length < FAILURES_MAX) this.failures.push(`${what}: ${describe(error)}`);
      }
      await pause(pauseMs);
    }
  }

  async #read(client: OfsClient, n: number): Promise<void> {
    const number = 1 + (n % OLD_ROWS);
    const row = await readRow(client, STEADY, `old${number}`, LABELS);
    if (!isSameRow(row, rowOf(number))) throw new Error(`old${number} is ${JSON.stringify(row)}`);
    this.counts.reads += 1;
  }

  async #write(client: OfsClient, writer: number, n: number): Promise<void> {
    const key = `writer${writer}-${n % KEYS_PER_LOOP}`;
    await writeRow(client, STEADY, key, rowOf(n));
    this.#ledger.set(key, n);
    this.counts.writes += 1;
  }

  async #produce(n: number): Promise<void> {
    const key = `producer-${n % KEYS_PER_LOOP}`;
    // Records of one key are of one partition, as producers have it.
    await this.#fleet.produce(messageOf(STEADY, key, rowOf(n)), (n % KEYS_PER_LOOP) % 2);
    this.#ledger.set(key, n);
    this.counts.records += 1;
  }

  /** Asks the control planes in turn; one that refuses the connection is left out. */
  async #administer(n: number): Promise<void> {
    const endsAtMs = performance.now() + REFUSED_MS;
    for (let attempt = n; ; attempt += 1) {
      const operator = this.#operators[attempt % this.#operators.length] as Operator;
      try {
        const { status, text } = await operator.call("GET", "get-entity-requests");
        if (status !== 200) throw new Error(`${status} ${text}`);
        this.counts.admin += 1;
        return;
      } catch (error) {
        if (!isRefused(error) || performance.now() > endsAtMs) throw error;
        await pause(PAUSE_MS);
      }
    }
  }
}

function isRefused(error: unknown): boolean {
  const { cause } = error as { readonly cause?: { readonly code?: string } };
  return cause?.code === "ECONNREFUSED";
}

function describe(error: unknown): string {
  const { cause } = error as { readonly cause?: unknown };
  return `${new Date().toISOString()} ${String(error)}${cause === undefined ? "" : `: ${String(cause)}`}`;
}

/** Exact as FP32 for all numbers that a test gets to. */
function rowOf(n: number): Row {
  return { a: n, b: -n };
}
