import { join } from "node:path";
import { startProcess, type TestProcess } from "@ofs/testkit";
import type { ProofServerState } from "./proof-server.ts";
import type { TransportName } from "./transports.ts";

const PROGRAM = join(import.meta.dirname, "proof-server.ts");
const READY = /proof server on (\d+) control (\d+)/;
const CONTROL_TIMEOUT_MS = 20_000;

/** A proof server in its own process. */
export class ProofTarget {
  readonly process: TestProcess;
  readonly port: number;
  readonly #control: string;

  private constructor(process: TestProcess, port: number, controlPort: number) {
    this.process = process;
    this.port = port;
    this.#control = `http://127.0.0.1:${controlPort}`;
  }

  static async start(name: TransportName): Promise<ProofTarget> {
    const child = await startProcess({
      script: PROGRAM,
      args: [name],
      nodeOptions: ["--conditions=@ofs/source", "--import", "tsx", "--expose-gc"],
      cwd: import.meta.dirname,
      ready: { line: READY },
    });
    const [, port, controlPort] = child.output.match(READY) ?? [];
    return new ProofTarget(child, Number(port), Number(controlPort));
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Garbage is collected before it answers. */
  state(): Promise<ProofServerState> {
    return this.#ask("/state") as Promise<ProofServerState>;
  }

  async drain(): Promise<void> {
    await this.#ask("/drain");
  }

  async close(): Promise<void> {
    await this.process.stop();
  }

  /** @throws {Error} with what it wrote if the process is gone */
  assertAlive(): void {
    if (!this.process.isRunning) throw new Error(`the server died: ${this.process.output}`);
  }

  async #ask(path: string): Promise<unknown> {
    this.assertAlive();
    const signal = AbortSignal.timeout(CONTROL_TIMEOUT_MS);
    const response = await fetch(this.#control + path, { signal });
    return response.json();
  }
}
