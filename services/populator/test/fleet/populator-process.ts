import { join } from "node:path";
import { freePort, startProcess, type TestProcess } from "@ofs/testkit";

const MAIN = join(import.meta.dirname, "../../dist/main.js");
const READY_TIMEOUT_MS = 60_000;

/** A built populator as a process of its own. */
export class PopulatorProcess {
  readonly process: TestProcess;
  readonly #origin: string;

  private constructor(process: TestProcess, origin: string) {
    this.process = process;
    this.#origin = origin;
  }

  static async start(env: Readonly<Record<string, string>>): Promise<PopulatorProcess> {
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    const process = await startProcess({
      script: MAIN,
      env: { ...env, APP_PORT: String(port), APP_HOST: "127.0.0.1" },
      ready: { http: `${origin}/ready` },
      readyTimeoutMs: READY_TIMEOUT_MS,
    });
    return new PopulatorProcess(process, origin);
  }

  /** @returns what stands under `data` @throws {Error} with the answer if it is no 200 */
  // biome-ignore lint/suspicious/noExplicitAny: what it holds is what tests look into
  async call(method: string, path: string, body?: object): Promise<any> {
    const response = await fetch(this.#origin + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text}`);
    return JSON.parse(text).data;
  }

  /** What Prometheus reads. */
  async metrics(): Promise<string> {
    return (await fetch(`${this.#origin}/metrics`)).text();
  }
}
