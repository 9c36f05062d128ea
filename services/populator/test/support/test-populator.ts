import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger } from "@ofs/platform";
import { MemoryRegistrySource } from "@ofs/registry";
import { entityTree, waitUntil } from "@ofs/testkit";
import { loadConfig } from "../../src/config.ts";
import { type Populator, startPopulator } from "../../src/populator.ts";
import { MemorySink } from "./memory-sink.ts";

/** Generous: machines are slow, and share. */
const WAIT_MS = 60_000;

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what it holds is what tests look into
  readonly body: any;
}

/** A populator in this process, on a folder of its own and a log in memory. */
export class TestPopulator {
  readonly folder = mkdtempSync(join(tmpdir(), "ofs-populator-"));
  readonly sink = new MemorySink();
  readonly #env: Readonly<Record<string, string>>;
  #populator: Populator | undefined;

  private constructor(env: Readonly<Record<string, string>>) {
    this.#env = env;
  }

  static async start(env: Readonly<Record<string, string>> = {}): Promise<TestPopulator> {
    const test = new TestPopulator(env);
    await test.start();
    return test;
  }

  async start(): Promise<void> {
    const config = loadConfig({
      APP_PORT: "0",
      APP_HOST: "127.0.0.1",
      OFS_DATA_FOLDER: this.folder,
      POPULATOR_POLL_MS: "50",
      POPULATOR_WATCH_MS: "100",
      ...this.#env,
    });
    this.#populator = await startPopulator(config, {
      log: createLogger({ service: "populator", level: "DISABLED" }),
      sink: this.sink,
      registrySource: blockRegistry(),
    });
    await this.#populator.waitUntilReady(WAIT_MS);
  }

  async stop(): Promise<void> {
    await this.#populator?.close();
    this.#populator = undefined;
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async call(method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(`http://127.0.0.1:${this.#populator?.port}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    try {
      return { status: response.status, body: JSON.parse(text) };
    } catch {
      return { status: response.status, body: text };
    }
  }

  async status(name: string): Promise<Answer["body"]> {
    return (await this.call("GET", `/table/status?name=${encodeURIComponent(name)}`)).body.data;
  }

  /** Waits until a run is in a state; fails at once when it has ended in another. */
  async whenState(name: string, state: string): Promise<Answer["body"]> {
    let last: Answer["body"];
    await waitUntil(
      async () => {
        last = await this.status(name);
        if (last.state === "FAILED" && state !== "FAILED") throw new Error(last.error);
        return last.state === state;
      },
      { what: `run ${name} to be ${state}`, timeoutMs: WAIT_MS },
    );
    return last;
  }
}

/** An entity `user` with keys `user_id` and the groups `numbers` (Int64: a, b) and `vectors` (FP32: v, of 2). */
function blockRegistry(): MemoryRegistrySource {
  return new MemoryRegistrySource({
    "storage/stores/1": JSON.stringify({ "db-type": "embedded", "conf-id": 0, table: "t" }),
    ...entityTree("user", ["user_id"], {
      numbers: { id: 0, type: "Int64", versions: [{ a: {}, b: {} }] },
      vectors: { id: 1, type: "FP32Vector", versions: [{ v: { vectorLength: 2 } }] },
    }),
    "entities/user/in-memory-cache/enabled": "false",
    "entities/user/distributed-cache/enabled": "false",
  });
}
