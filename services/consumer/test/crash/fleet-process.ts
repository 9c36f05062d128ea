import { join } from "node:path";
import { createClient, type OfsClient } from "@ofs/client";
import { freePorts, startProcess, type TestProcess, waitUntil } from "@ofs/testkit";
import { FEATURE, GROUP } from "../pipeline/messages.ts";
import { CALLER, CALLER_TOKEN } from "../pipeline/registry.ts";

const MAIN = join(import.meta.dirname, "../../../ofs/dist/main.js");
const READY_TIMEOUT_MS = 60_000;
const DONE_TIMEOUT_MS = 60_000;

/** A built fleet as a process: api-server, consumer, embedded log and stores on one data folder. */
export class FleetProcess {
  readonly process: TestProcess;
  readonly #client: OfsClient;
  readonly #origin: string;

  private constructor(process: TestProcess, port: number, consumerPort: number) {
    this.process = process;
    this.#origin = `http://127.0.0.1:${consumerPort}`;
    this.#client = createClient({
      address: `127.0.0.1:${port}`,
      callerId: CALLER,
      callerToken: CALLER_TOKEN,
      deadlineMs: 20_000,
    });
  }

  static async start(dataFolder: string): Promise<FleetProcess> {
    const [port = 0, consumerPort = 0] = await freePorts(2);
    const ports = ["--port", String(port), "--consumer-port", String(consumerPort)];
    const process = await startProcess({
      script: MAIN,
      args: ["--no-sample", "--data-folder", dataFolder, ...ports],
      ready: { http: `http://127.0.0.1:${consumerPort}/ready` },
      readyTimeoutMs: READY_TIMEOUT_MS,
    });
    return new FleetProcess(process, port, consumerPort);
  }

  /** @returns whether the message was acknowledged; false if the fleet is gone */
  async produce(topic: string, key: string, message: Uint8Array): Promise<boolean> {
    const path = `/ingest/${topic}?key=${encodeURIComponent(key)}`;
    let response: Response;
    try {
      response = await fetch(this.#origin + path, {
        method: "POST",
        body: message,
        headers: { "content-type": "application/octet-stream" },
      });
    } catch {
      // The connection ended: it may be in the log, or not.
      return false;
    }
    if (response.status !== 200) {
      throw new Error(`${path}: ${response.status} ${await response.text()}`);
    }
    // Whoever sees the status has the acknowledgement; the rest of the answer may be cut off by a kill.
    await response.arrayBuffer().catch(() => undefined);
    return true;
  }

  /** Waits until all that is in the log is stored and committed. */
  async whenDone(): Promise<void> {
    const lag = async (): Promise<number> => (await this.#get<{ lag: number }>("/lag")).lag;
    await waitUntil(async () => (await lag()) === 0, {
      what: "the fleet to be done",
      timeoutMs: DONE_TIMEOUT_MS,
    });
  }

  /** @returns how many dead letters there are, or that there are more than one page */
  async letterCount(topic: string): Promise<number> {
    const { letters } = await this.#get<{ letters: unknown[] }>(`/dlq/${topic}`);
    return letters.length;
  }

  /** @returns numbers by key, as the api-server answers them */
  async read(entity: string, keys: readonly string[]): Promise<Map<string, number>> {
    const { rows } = await this.#client.retrieve({
      entity,
      keys: keys.map((key) => [key]),
      features: { [GROUP]: [FEATURE] },
    });
    return new Map(
      rows.map(({ keys: [key = ""], values }) => [key, Number(values[GROUP]?.[FEATURE])]),
    );
  }

  /** However it is to be ended, its client goes with it. */
  disconnect(): void {
    this.#client.close();
  }

  async #get<T>(path: string): Promise<T> {
    const response = await fetch(this.#origin + path);
    return (await response.json()) as T;
  }
}
