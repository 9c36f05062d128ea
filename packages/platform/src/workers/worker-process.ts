import { type ChildProcess, fork } from "node:child_process";
import type { Socket } from "node:net";
import { MessagePeer } from "./message-peer.ts";
import {
  COLLECTED,
  NOTHING,
  PORT_VARIABLE,
  REASON,
  type Series,
  SLOT_VARIABLE,
  STATE,
  TAKEN,
  TOPICS,
  type WorkerState,
  type WorkerSummary,
} from "./protocol.ts";

export interface WorkerTimes {
  /** From the fork to `open`; slower ones are killed. */
  readonly startTimeoutMs: number;
  /** Between two questions whether a worker is alive. */
  readonly pingIntervalMs: number;
  /** A worker that leaves so many of them in a row unanswered is killed. */
  readonly maxMissedPings: number;
  /** For a worker to take a connection that it was handed. */
  readonly handOverTimeoutMs: number;
}

export interface WorkerProcessOptions {
  readonly slot: number;
  /** Where the primary listens. */
  readonly port: number;
  /** Script that the worker runs, with this process's arguments and flags of Node. */
  readonly script: string;
  readonly times: WorkerTimes;
  /** The worker's state has changed. */
  onChange(worker: WorkerProcess): void;
  onExit(worker: WorkerProcess): void;
  onFault(error: unknown): void;
  /** Registers what the primary answers to this worker. */
  serve(worker: WorkerProcess, peer: MessagePeer): void;
}

/** Why a worker came to its end. */
export type EndReason =
  | "exited"
  | "crashed"
  | "killed"
  | "hung"
  | "start-timeout"
  | "drain-timeout";

export interface WorkerExit {
  readonly reason: EndReason;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Time that the worker was open. */
  readonly openMs: number;
}

/** One worker as its primary sees it. */
export class WorkerProcess {
  readonly slot: number;
  readonly #options: WorkerProcessOptions;
  readonly #child: ChildProcess;
  readonly #peer: MessagePeer;
  readonly #startTimer: NodeJS.Timeout;
  readonly #ended: Promise<void>;
  #onReady: () => void = () => undefined;
  #pingTimer: NodeJS.Timeout | undefined;
  #drainTimer: NodeJS.Timeout | undefined;
  #missedPings = 0;
  #openSinceMs: number | undefined;
  #killedFor: EndReason | undefined;
  #exit: WorkerExit | undefined;
  #failure: string | undefined;
  state: WorkerState | "starting" | "gone" = "starting";
  /** A worker that let the bus wait is not waited for until it is heard of again. */
  isResponsive = true;
  /** It has a connection in hand that it has not taken yet. */
  isBusy = false;
  /** As of the last time that it was asked. */
  lastSeries: readonly Series[] = [];

  constructor(options: WorkerProcessOptions) {
    this.slot = options.slot;
    this.#options = options;
    const env = {
      ...process.env,
      [SLOT_VARIABLE]: String(options.slot),
      [PORT_VARIABLE]: String(options.port),
    };
    const args = process.argv.slice(2);
    this.#child = fork(options.script, args, { env, serialization: "advanced" });
    this.#peer = new MessagePeer((message, socket, onFailure) => {
      this.#child.send(message, socket, { keepOpen: true }, (error) => {
        if (error !== null) onFailure(error);
      });
    }, options.onFault);
    this.#peer.onNotice(TOPICS.fromWorker.state, STATE, (state) => this.#setState(state));
    this.#peer.onNotice(TOPICS.fromWorker.failed, REASON, (reason) => {
      this.#failure = reason;
    });
    this.#peer.onRequest(TOPICS.fromWorker.final, COLLECTED, (series) => {
      this.lastSeries = series;
      return null;
    });
    options.serve(this, this.#peer);
    this.#child.on("message", (message) => this.#peer.receive(message));
    this.#startTimer = setTimeout(() => this.kill("start-timeout"), options.times.startTimeoutMs);
    this.#ended = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null): void => {
        this.#end(code, signal);
        resolve();
      };
      this.#child.once("exit", end);
      this.#child.once("error", (error) => {
        this.#failure ??= error.message;
        // Without a process there is no "exit".
        if (this.#child.pid === undefined) end(null, null);
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get isReady(): boolean {
    return this.state === "ready";
  }

  get isOpen(): boolean {
    return this.state === "open" || this.state === "ready";
  }

  /** Whether it may be asked anything; also while it drains. */
  get isReachable(): boolean {
    return this.isOpen || this.state === "draining";
  }

  /** What it said about its failing start. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Set once it has ended. */
  get exit(): WorkerExit | undefined {
    return this.#exit;
  }

  /** Resolves when the process has ended. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** Resolves when the worker is ready, or the signal aborts. */
  whenReady(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (this.isReady || signal.aborted) resolve();
      this.#onReady = resolve;
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  /**
   * Hands a connection over. This process's copy stays open until then.
   *
   * @returns whether the worker has taken it; if not, it is as it was
   * @throws {FeatureStoreError} UNAVAILABLE if the worker is gone: it has not touched the connection
   */
  async take(socket: Socket): Promise<boolean> {
    const { handOverTimeoutMs: timeoutMs } = this.#options.times;
    this.isBusy = true;
    try {
      const options = { reply: TAKEN, timeoutMs, socket };
      const { isTaken } = await this.#peer.request(TOPICS.fromPrimary.connection, null, options);
      return isTaken;
    } finally {
      this.isBusy = false;
    }
  }

  /** Resolves when the worker's subscriber has seen the message. @throws {FeatureStoreError} */
  async deliver(message: object, timeoutMs: number): Promise<void> {
    await this.#peer.request(TOPICS.fromPrimary.deliver, message, { reply: NOTHING, timeoutMs });
  }

  /** Asks for the worker's metrics. @throws {FeatureStoreError} */
  async collect(timeoutMs: number): Promise<readonly Series[]> {
    const options = { reply: COLLECTED, timeoutMs };
    this.lastSeries = await this.#peer.request(TOPICS.fromPrimary.collect, null, options);
    return this.lastSeries;
  }

  tellSummary(summary: WorkerSummary): void {
    if (this.isReachable) this.#peer.notify(TOPICS.fromPrimary.summary, summary);
  }

  /** Says that the slot is this worker's alone now. */
  activate(): void {
    this.#peer.notify(TOPICS.fromPrimary.activate);
  }

  /** Ends the worker: at once if it serves nobody yet, else it drains; killed when the time is over. */
  async drain(timeoutMs: number): Promise<void> {
    if (this.state === "starting") this.kill("exited");
    else {
      this.#setState("draining");
      this.#peer.notify(TOPICS.fromPrimary.drain);
      this.#drainTimer ??= setTimeout(() => this.kill("drain-timeout"), timeoutMs);
    }
    await this.#ended;
  }

  /** SIGKILL: also ends a process that is stopped or hangs. */
  kill(reason: EndReason): void {
    this.#killedFor ??= reason;
    this.#child.kill("SIGKILL");
  }

  #setState(state: WorkerState): void {
    if (this.state === "gone" || this.state === "draining" || this.state === state) return;
    this.state = state;
    if (this.#openSinceMs === undefined) this.#opened();
    if (state === "ready") this.#onReady();
    this.#options.onChange(this);
  }

  #opened(): void {
    this.#openSinceMs = performance.now();
    clearTimeout(this.#startTimer);
    const { pingIntervalMs } = this.#options.times;
    this.#pingTimer = setInterval(() => void this.#ping(), pingIntervalMs);
  }

  /** Counts questions, not time: after a pause of the whole host nobody is late. Never rejects. */
  async #ping(): Promise<void> {
    const { pingIntervalMs, maxMissedPings } = this.#options.times;
    if (this.#missedPings >= maxMissedPings) this.kill("hung");
    this.#missedPings += 1;
    const timeoutMs = pingIntervalMs * (maxMissedPings + 1);
    await this.#peer.request(TOPICS.fromPrimary.ping, null, { reply: NOTHING, timeoutMs }).then(
      () => {
        this.#missedPings = 0;
        this.isResponsive = true;
      },
      // It is counted as missed.
      () => undefined,
    );
  }

  #end(code: number | null, signal: NodeJS.Signals | null): void {
    clearTimeout(this.#startTimer);
    clearTimeout(this.#drainTimer);
    clearInterval(this.#pingTimer);
    const natural = code === 0 ? "exited" : code === null ? "killed" : "crashed";
    const since = this.#openSinceMs;
    const openMs = since === undefined ? 0 : performance.now() - since;
    this.#exit = { reason: this.#killedFor ?? natural, code, signal, openMs };
    this.state = "gone";
    this.#peer.close(`worker ${this.slot} is gone`);
    this.#options.onExit(this);
  }
}
