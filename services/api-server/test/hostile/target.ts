import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import type { CacheUse } from "../scenarios/scenario-tree.ts";
import {
  type ServerUnderTest,
  type StoreKind,
  startServerUnderTest,
} from "../scenarios/server-under-test.ts";
import { Canary, type CanaryReport, writeRow } from "./canary.ts";
import { SEED } from "./hostile-settings.ts";
import { ATTACKER, hostileTree, PAIR, VICTIM } from "./hostile-tree.ts";

/** Keys `k0`... of the victim that hold data: key `k<n>` the values of round n + 1. */
export const KNOWN_KEYS = 6;

/** What the heap may have grown by after an attack, beyond what it held after the warm-up. */
const HEAP_SLACK_BYTES = 12 * 1024 * 1024;
/** The same for all memory: the allocator keeps what it once had, so this says only that it is bounded. */
const RSS_SLACK_BYTES = 256 * 1024 * 1024;

interface Memory {
  readonly heapUsed: number;
  readonly external: number;
  readonly arrayBuffers: number;
  readonly rss: number;
}

/** A real server process to attack, and what must hold of it meanwhile. */
export class Target {
  readonly server: ServerUnderTest;
  readonly #startTime: string;
  #probeCount = 0;
  #canary: Canary | undefined;
  #warm: Memory | undefined;

  private constructor(server: ServerUnderTest, startTime: string) {
    this.server = server;
    this.#startTime = startTime;
  }

  static async start(
    store: StoreKind,
    caches: CacheUse,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Target> {
    process.stderr.write(`[hostile] OFS_HOSTILE_SEED=${SEED}\n`);
    const server = await startServerUnderTest(store, caches, {
      treeFor: hostileTree,
      // Shedding would answer most of an attack for the code that is to be attacked.
      env: { ENABLE_HTTP_API: "true", OVERLOAD_QUEUE_MS: "0", ...env },
      nodeOptions: ["--expose-gc", "--import", join(import.meta.dirname, "memory-probe.ts")],
    });
    const target = new Target(server, await startTimeOf(server.pid));
    await target.#writeKnownKeys();
    target.#canary = Canary.start(server.address);
    return target;
  }

  get port(): number {
    return Number(this.server.address.split(":")[1]);
  }

  get headers(): Record<string, string> {
    return {
      "online-feature-store-caller-id": ATTACKER.id,
      "online-feature-store-auth-token": ATTACKER.token,
    };
  }

  /** Throws as soon as the canary has died. */
  assertWell(): void {
    if (!this.server.process.isRunning) {
      throw new Error(`the server ended; its output ends:\n${this.#log().slice(-4_000)}`);
    }
    this.#canary?.assertWell();
  }

  /** Call it after a first part of the attack: caches and compiled code are there then. */
  async markWarm(): Promise<void> {
    this.#warm = await this.#memory();
  }

  /** The attack is over: same process, canary well, memory as before. @returns what the canary saw */
  async assertUnharmed(): Promise<CanaryReport> {
    const report = await (this.#canary as Canary).stop();
    this.#canary = undefined;
    expect(await startTimeOf(this.server.pid)).toBe(this.#startTime);
    const memory = await this.#memory();
    if (this.#warm !== undefined) {
      expect(heldBy(memory) - heldBy(this.#warm)).toBeLessThan(HEAP_SLACK_BYTES);
      expect(memory.rss - this.#warm.rss).toBeLessThan(RSS_SLACK_BYTES);
    }
    expect(this.#log()).not.toMatch(/failed unexpectedly|unhandled|uncaught/i);
    return report;
  }

  async close(): Promise<void> {
    await this.#canary?.stop().catch(() => undefined);
    await this.server.close();
  }

  /** Value of a series of `/metrics`; 0 if it is not there. */
  async metric(series: string): Promise<number> {
    const response = await fetch(`http://${this.server.address}/metrics`);
    const lines = (await response.text()).split("\n");
    const line = lines.find(
      (text) => text.startsWith(`${series}{`) || text.startsWith(`${series} `),
    );
    return Number(line?.slice(line.lastIndexOf(" ") + 1) ?? 0);
  }

  async #memory(): Promise<Memory> {
    this.#probeCount += 1;
    this.server.process.signal("SIGUSR2");
    const line = new RegExp(`memory-probe ${this.#probeCount} (\\{.*\\})`);
    const match = await this.server.process.waitForLine(line);
    return JSON.parse(match[1] as string) as Memory;
  }

  #log(): string {
    return this.server.process.output;
  }

  async #writeKnownKeys(): Promise<void> {
    const { client } = this.server;
    for (let n = 0; n < KNOWN_KEYS; n++) {
      await client.persist(writeRow([`k${n}`], n + 1, VICTIM));
      const pair = writeRow([`k${n}`, "x"], n + 1, PAIR);
      await client.persist({ ...pair, keysSchema: ["user", "item"] });
    }
  }
}

function heldBy({ heapUsed, external }: Memory): number {
  return heapUsed + external;
}

/** When the kernel started the process: with the same number, still the same process. */
async function startTimeOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "latin1");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] as string;
}
