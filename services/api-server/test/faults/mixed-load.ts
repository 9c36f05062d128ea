import { setTimeout as delay } from "node:timers/promises";
import { status } from "@grpc/grpc-js";
import { type SeededRandom, seededRandom } from "@ofs/testkit";
import type { ValueClient } from "./value-client.ts";
import type { ValueLedger, Wrong } from "./value-ledger.ts";

const WRITER_COUNT = 3;
const READER_COUNT = 3;
const KEYS_PER_READ = 4;
const KEYS_PER_WRITE = 2;
/** Between two calls of one reader or writer. */
const PAUSE_MS = 15;

export type CallKind = "read" | "write";

export interface Call {
  readonly kind: CallKind;
  readonly server: number;
  readonly startMs: number;
  readonly endMs: number;
  /** `OK`, or the name of the gRPC status. */
  readonly code: string;
  readonly message: string;
}

export interface WrongValue {
  readonly why: Wrong;
  readonly key: string;
  readonly value: number;
  readonly newest: number | undefined;
  readonly server: number;
  readonly atMs: number;
}

/** Readers and writers that go on until told to stop, and check every answer. Times are of `performance.now()`. */
export class MixedLoad {
  readonly calls: Call[] = [];
  readonly wrongValues: WrongValue[] = [];
  readonly #clients: readonly ValueClient[];
  readonly #ledger: ValueLedger;
  readonly #keys: readonly string[];
  readonly #random: SeededRandom;
  readonly #loops: Promise<void>[];
  #isStopped = false;

  constructor(
    clients: readonly ValueClient[],
    ledger: ValueLedger,
    keys: readonly string[],
    seed: number,
  ) {
    this.#clients = clients;
    this.#ledger = ledger;
    this.#keys = keys;
    this.#random = seededRandom(seed);
    this.#loops = [
      ...Array.from({ length: WRITER_COUNT }, (_, writer) => this.#writeOn(writer)),
      ...Array.from({ length: READER_COUNT }, () => this.#readOn()),
    ];
  }

  /** Calls of a kind that began then or later and have ended. */
  since(startMs: number, kind?: CallKind): Call[] {
    return this.calls.filter(
      (call) => call.startMs >= startMs && (kind === undefined || call.kind === kind),
    );
  }

  /** Waits for the calls under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#loops);
  }

  async #readOn(): Promise<void> {
    while (!this.#isStopped) {
      const keys = Array.from({ length: KEYS_PER_READ }, () => this.#random.pick(this.#keys));
      await this.#call("read", async (client, server) => {
        const { tick } = this.#ledger;
        const values = await client.read(keys);
        for (const [index, key] of keys.entries()) {
          this.#check(key, values[index] as number, tick, server);
        }
      });
      await delay(PAUSE_MS);
    }
  }

  /** Each key has one writer, so that its writes follow each other. */
  async #writeOn(writer: number): Promise<void> {
    const keys = this.#keys.filter((_, index) => index % WRITER_COUNT === writer);
    while (!this.#isStopped) {
      const values = new Map<string, number>();
      while (values.size < KEYS_PER_WRITE) {
        const key = this.#random.pick(keys);
        if (!values.has(key)) values.set(key, this.#ledger.begin(key));
      }
      await this.#call("write", async (client) => {
        await client.write(values);
        for (const [key, value] of values) this.#ledger.acknowledge(key, value);
      });
      await delay(PAUSE_MS);
    }
  }

  #check(key: string, value: number, tick: number, server: number): void {
    const why = this.#ledger.check(key, value, tick);
    if (why === undefined) return;
    const newest = this.#ledger.newest(key);
    this.wrongValues.push({ why, key, value, newest, server, atMs: performance.now() });
  }

  async #call(
    kind: CallKind,
    make: (client: ValueClient, server: number) => Promise<void>,
  ): Promise<void> {
    const server = this.#random.integer(0, this.#clients.length - 1);
    const startMs = performance.now();
    let code = "OK";
    let message = "";
    try {
      await make(this.#clients[server] as ValueClient, server);
    } catch (error) {
      code = codeOf(error);
      message = String(error);
    }
    this.calls.push({ kind, server, startMs, endMs: performance.now(), code, message });
  }
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  return typeof code === "number" ? (status[code] ?? String(code)) : String(error);
}
