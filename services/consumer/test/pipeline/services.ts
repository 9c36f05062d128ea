import { join } from "node:path";
import { createClient, type OfsClient } from "@ofs/client";
import { freePort, startProcess, type TestProcess, waitUntil } from "@ofs/testkit";
import { FEATURE, GROUP, KEY } from "./messages.ts";
import { CALLER, CALLER_TOKEN } from "./registry.ts";

const SERVICES = join(import.meta.dirname, "../../..");
const READY_TIMEOUT_MS = 60_000;
const DONE_TIMEOUT_MS = 30_000;

/** What a consumer's HTTP answers. */
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what it holds is what tests look into
  readonly body: any;
}

/** A built consumer as a process of its own. */
export class ConsumerProcess {
  readonly process: TestProcess;
  readonly #port: number;

  private constructor(process: TestProcess, port: number) {
    this.process = process;
    this.#port = port;
  }

  /** @param isReady whether it is waited for */
  static async start(
    env: Readonly<Record<string, string>>,
    isReady = true,
  ): Promise<ConsumerProcess> {
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    const process = await startProcess({
      script: join(SERVICES, "consumer/dist/main.js"),
      env: { ...env, APP_PORT: String(port), APP_HOST: "127.0.0.1" },
      ready: { http: `${origin}${isReady ? "/ready" : "/health/self"}` },
      readyTimeoutMs: READY_TIMEOUT_MS,
    });
    return new ConsumerProcess(process, port);
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async call(path: string, init?: RequestInit): Promise<Answer> {
    const response = await fetch(this.origin + path, init);
    return { status: response.status, body: await response.json() };
  }

  async post(path: string, body: string | Uint8Array, type = "application/json"): Promise<Answer> {
    return this.call(path, { method: "POST", body, headers: { "content-type": type } });
  }

  async lag(): Promise<number> {
    const { status, body } = await this.call("/lag");
    if (status !== 200) throw new Error(`/lag ${status}: ${JSON.stringify(body)}`);
    return body.lag;
  }

  /** Waits until the group has committed all that is in its topics. */
  async whenDone(): Promise<void> {
    await waitUntil(async () => (await this.lag()) === 0, {
      what: "the consumer to be done",
      timeoutMs: DONE_TIMEOUT_MS,
    });
  }

  /** Waits until `/ready` says so. */
  async whenReady(status: number, text: RegExp): Promise<void> {
    let last = "";
    const isSo = async (): Promise<boolean> => {
      const answer = await this.call("/ready");
      last = `${answer.status} ${JSON.stringify(answer.body)}`;
      return answer.status === status && text.test(last);
    };
    try {
      await waitUntil(isSo, { what: `/ready ${status} ${text}`, timeoutMs: DONE_TIMEOUT_MS });
    } catch (error) {
      throw new Error(`${String(error)}; it was ${last}`, { cause: error });
    }
  }

  /** For reports: what it says of itself, and the end of its output. */
  async describe(): Promise<string> {
    if (!this.process.isRunning) return `consumer ended:\n${this.process.output.slice(-2_000)}`;
    const { status, body } = await this.call("/ready");
    return `consumer: ${status} ${JSON.stringify(body)}\n${this.process.output.slice(-2_000)}`;
  }

  /** SIGTERM. @returns the exit code */
  async stop(): Promise<number | null> {
    return (await this.process.stop(30_000)).code;
  }
}

/** A built api-server, and a client of it. */
export class ApiProcess {
  readonly client: OfsClient;
  /** Of its HTTP. */
  readonly origin: string;
  readonly #process: TestProcess;

  private constructor(process: TestProcess, port: number) {
    this.#process = process;
    this.origin = `http://127.0.0.1:${port}`;
    this.client = createClient({
      address: `127.0.0.1:${port}`,
      callerId: CALLER,
      callerToken: CALLER_TOKEN,
      deadlineMs: 20_000,
    });
  }

  static async start(env: Readonly<Record<string, string>>): Promise<ApiProcess> {
    const port = await freePort();
    const process = await startProcess({
      script: join(SERVICES, "api-server/dist/main.js"),
      env: { ...env, APP_PORT: String(port), WORKERS: "1", OVERLOAD_QUEUE_MS: "60000" },
      ready: { http: `http://127.0.0.1:${port}/ready` },
      readyTimeoutMs: READY_TIMEOUT_MS,
    });
    return new ApiProcess(process, port);
  }

  /** @returns numbers, or texts, by key; those of keys that are not stored are the defaults */
  async read(entity: string, keys: readonly string[]): Promise<Record<string, unknown>> {
    const { rows } = await this.client.retrieve({
      entity,
      keys: keys.map((key) => [key]),
      features: { [GROUP]: [FEATURE] },
    });
    return Object.fromEntries(
      rows.map(({ keys: [key = ""], values }) => {
        const value = values[GROUP]?.[FEATURE];
        return [key, typeof value === "bigint" ? Number(value) : value];
      }),
    );
  }

  async write(entity: string, key: string, value: number): Promise<void> {
    const values = { [GROUP]: { [FEATURE]: value } };
    await this.client.persist({ entity, rows: [{ keys: { [KEY]: key }, values }] });
  }

  async close(): Promise<void> {
    this.client.close();
    await this.#process.stop();
  }
}
