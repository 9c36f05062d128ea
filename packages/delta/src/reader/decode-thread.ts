import { Worker } from "node:worker_threads";
import { DeltaError } from "../errors.ts";
import type { WorkerReply, WorkerRequest, WorkerSettings } from "./worker/messages.ts";

const MODULE = "./worker/decode-worker";

/** Node cannot start a thread from TypeScript: run from source, the thread first loads what the process was started with. */
const SOURCE_LOADER = `import("tsx/esm/api").then(({ register }) => {
  register();
  return import(${JSON.stringify(new URL(`${MODULE}.ts`, import.meta.url).href)});
});`;

function startWorker(settings: WorkerSettings): Worker {
  if (import.meta.url.endsWith(".ts")) {
    const execArgv = ["--conditions=@ofs/source"];
    return new Worker(SOURCE_LOADER, { eval: true, workerData: settings, execArgv });
  }
  return new Worker(new URL(`${MODULE}.js`, import.meta.url), { workerData: settings });
}

/** A thread that decodes one file at a time. */
export class DecodeThread {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  #replies: WorkerReply[] = [];
  #wake: (() => void) | undefined;
  #death: DeltaError | undefined;
  #isClosing = false;

  private constructor(settings: WorkerSettings) {
    this.#worker = startWorker(settings);
    this.#worker.on("message", (reply: WorkerReply) => {
      // How a job ends that is ended is no answer any more.
      if (!this.#isClosing) this.#replies.push(reply);
      this.#wake?.();
    });
    this.#worker.on("error", (error) => this.#die(`failed: ${error.message}`, error));
    this.#exited = new Promise((resolve) => {
      this.#worker.on("exit", (code) => {
        this.#die(`ended with ${code}`);
        resolve();
      });
    });
    // Reads in work hold the process by their promises; an idle thread does not.
    this.#worker.unref();
  }

  /** @throws {DeltaError} if the decoder cannot be loaded */
  static async start(settings: WorkerSettings): Promise<DecodeThread> {
    const thread = new DecodeThread(settings);
    thread.#worker.ref();
    const reply = await thread.#next();
    thread.#worker.unref();
    if (reply.kind !== "error") return thread;
    await thread.close();
    throw new DeltaError(reply.code, reply.message);
  }

  /** False once it has failed or ended. */
  get isAlive(): boolean {
    return this.#death === undefined;
  }

  /**
   * Runs one job.
   *
   * @returns its replies up to the end; leaving early cancels it and waits until it has stopped
   * @throws {DeltaError} what the job failed of
   */
  async *run(request: WorkerRequest): AsyncGenerator<WorkerReply> {
    this.#worker.ref();
    let isOver = false;
    try {
      this.#send(request);
      for (;;) {
        const reply = await this.#next();
        isOver = reply.kind === "end" || reply.kind === "error";
        if (reply.kind === "error") throw new DeltaError(reply.code, reply.message);
        if (reply.kind === "end") return;
        yield reply;
        this.#send({ kind: "more" });
      }
    } finally {
      if (!isOver && this.isAlive) await this.#cancel();
      this.#worker.unref();
    }
  }

  /** Ends the job in work, and then the thread: it is never stopped in the middle, which DuckDB's library does not bear. */
  async close(): Promise<void> {
    this.#death ??= new DeltaError("UNAVAILABLE", "the reader is closed");
    this.#isClosing = true;
    this.#replies = [];
    this.#wake?.();
    this.#worker.ref();
    this.#send({ kind: "close" });
    await this.#exited;
  }

  async #cancel(): Promise<void> {
    this.#send({ kind: "cancel" });
    for (;;) {
      const { kind } = await this.#next();
      if (kind === "end" || kind === "error") return;
    }
  }

  #send(request: WorkerRequest): void {
    this.#worker.postMessage(request);
  }

  async #next(): Promise<WorkerReply> {
    for (;;) {
      const reply = this.#replies.shift();
      if (reply !== undefined) return reply;
      if (this.#death !== undefined) throw this.#death;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #die(reason: string, cause?: unknown): void {
    this.#death ??= new DeltaError("UNAVAILABLE", `the decoding thread ${reason}`, { cause });
    this.#wake?.();
  }
}
