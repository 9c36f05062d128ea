import type { Socket } from "node:net";
import type { Registry } from "prom-client";
import { MessagePeer } from "./message-peer.ts";
import {
  BUS_MESSAGE,
  NOTHING,
  PORT_VARIABLE,
  PUBLISHED,
  SCRAPED,
  SLOT_VARIABLE,
  SUMMARY,
  TOPICS,
  type WorkerState,
  type WorkerSummary,
} from "./protocol.ts";

/** The primary waits 1 s for workers that do not answer; with this, its answer is still in time. */
const SCRAPE_TIMEOUT_MS = 3_000;

/** The primary answers after its own limit on waiting for the other workers, unless it is in trouble itself. */
const PUBLISH_TIMEOUT_MS = 1_000;

/** For the primary to take the last metrics. */
const FINAL_TIMEOUT_MS = 1_000;

/** The part of `process` that a worker's link needs. */
export interface WorkerProcessPort {
  readonly env: NodeJS.ProcessEnv;
  send?(
    message: unknown,
    sendHandle: undefined,
    options: undefined,
    callback: (error: Error | null) => void,
  ): boolean;
  on(event: "message", listener: (message: unknown, handle: unknown) => void): unknown;
  on(event: "disconnect" | "SIGHUP", listener: () => void): unknown;
}

/** Messages from worker to worker of one host. */
export interface WorkerBus {
  /**
   * Sends to every other worker that serves.
   *
   * @returns when each of them has let its subscriber see the message, or had 100 ms for it: how many did not in time
   * @throws {FeatureStoreError} UNAVAILABLE, DEADLINE_EXCEEDED or RESOURCE_EXHAUSTED if the primary does not help
   */
  publish(payload: unknown): Promise<{ readonly lateCount: number }>;
  /** The message counts as seen when `listener` returns. One subscriber a topic. */
  subscribe(listener: (payload: unknown) => void): void;
}

/** A worker's tie to its primary. */
export class WorkerLink {
  /** 0 to WORKERS - 1; a worker's replacement has the same. */
  readonly slot: number;
  /** Where the primary listens for all workers. */
  readonly port: number;
  readonly #peer: MessagePeer;
  readonly #subscribers = new Map<string, (payload: unknown) => void>();
  readonly #active: Promise<void>;
  #onDrain: (why: string) => void = () => undefined;
  #drainReason: string | undefined;
  #summary: WorkerSummary | undefined;

  /** @param onFault is told of messages that make no sense */
  constructor(
    slot: number,
    port: number,
    process: WorkerProcessPort,
    onFault: (e: unknown) => void,
  ) {
    this.slot = slot;
    this.port = port;
    this.#peer = new MessagePeer((message, _, onFailure) => {
      process.send?.(message, undefined, undefined, (error) => {
        if (error !== null) onFailure(error);
      });
    }, onFault);
    const { drain, activate, summary, ping, deliver } = TOPICS.fromPrimary;
    this.#active = new Promise((resolve) => {
      this.#peer.onNotice(activate, NOTHING, () => resolve());
    });
    this.#peer.onNotice(drain, NOTHING, () => this.#drain("the primary says so"));
    this.#peer.onNotice(summary, SUMMARY, (current) => {
      this.#summary = current;
    });
    this.#peer.onRequest(ping, NOTHING, () => null);
    this.#peer.onRequest(deliver, BUS_MESSAGE, ({ topic, payload }) => {
      this.#subscribers.get(topic)?.(payload);
      return null;
    });
    process.on("message", (message, handle) => {
      this.#peer.receive(message, handle as Socket | undefined);
    });
    process.on("disconnect", () => {
      this.#peer.close("the primary is gone");
      this.#drain("the primary is gone");
    });
    // It is the primary's: at a terminal, or sent to the whole group, the workers get it too.
    process.on("SIGHUP", () => undefined);
  }

  /** The workers of this host, as the primary last told; undefined before. */
  get summary(): WorkerSummary | undefined {
    return this.#summary;
  }

  /** Tells the primary how far this worker is. Connections come once it is open, most of them once it is ready. */
  setState(state: WorkerState): void {
    this.#peer.notify(TOPICS.fromWorker.state, state);
  }

  /** @param take gets each connection; returns whether it does not refuse it */
  onConnection(take: (socket: Socket) => boolean): void {
    this.#peer.onRequest(TOPICS.fromPrimary.connection, NOTHING, (_, socket) => {
      const isTaken = socket === undefined || take(socket);
      if (!isTaken) socket.destroy();
      return { isTaken };
    });
  }

  /** Calls `listener` once, when this worker should end: its primary wants it, or is gone. */
  onDrain(listener: (why: string) => void): void {
    this.#onDrain = listener;
    if (this.#drainReason !== undefined) listener(this.#drainReason);
  }

  /**
   * Resolves when this worker has its slot for itself. While a rolling restart replaces it, the worker before it still
   * serves: what only one of them may hold (a port of its own, say) must wait for this.
   */
  whenActive(): Promise<void> {
    return this.#active;
  }

  /** Lets this worker's metrics be a part of the host's. */
  provideMetrics(metrics: Registry): void {
    this.#peer.onRequest(TOPICS.fromPrimary.collect, NOTHING, () => metrics.getMetricsAsJSON());
  }

  /** The metrics of the primary and of all workers in one. @throws {FeatureStoreError} if the primary does not answer */
  scrape(): Promise<{ readonly text: string; readonly contentType: string }> {
    const options = { reply: SCRAPED, timeoutMs: SCRAPE_TIMEOUT_MS };
    return this.#peer.request(TOPICS.fromWorker.scrape, null, options);
  }

  /** Leaves this worker's last counts with the primary; without them its counts since the last scrape are lost. */
  async sendFinalMetrics(metrics: Registry): Promise<void> {
    const options = { reply: NOTHING, timeoutMs: FINAL_TIMEOUT_MS };
    const series = await metrics.getMetricsAsJSON();
    await this.#peer.request(TOPICS.fromWorker.final, series, options);
  }

  bus(topic: string): WorkerBus {
    const options = { reply: PUBLISHED, timeoutMs: PUBLISH_TIMEOUT_MS };
    return {
      publish: (payload) =>
        this.#peer.request(TOPICS.fromWorker.publish, { topic, payload }, options),
      subscribe: (listener) => void this.#subscribers.set(topic, listener),
    };
  }

  /** Says why this worker cannot start; call it before exiting. */
  reportFailure(reason: string): void {
    this.#peer.notify(TOPICS.fromWorker.failed, reason);
  }

  #drain(reason: string): void {
    if (this.#drainReason !== undefined) return;
    this.#drainReason = reason;
    this.#onDrain(reason);
  }
}

/**
 * The link to the primary that started this process. Call it once, at the start.
 *
 * @returns undefined if this process is no worker
 * @throws {Error} if the primary's variables make no sense
 */
export function workerLink(
  onFault: (error: unknown) => void,
  port: WorkerProcessPort = process,
): WorkerLink | undefined {
  const { [SLOT_VARIABLE]: slot, [PORT_VARIABLE]: sharedPort } = port.env;
  if (slot === undefined || port.send === undefined) return undefined;
  return new WorkerLink(
    wholeNumber(SLOT_VARIABLE, slot),
    wholeNumber(PORT_VARIABLE, sharedPort),
    port,
    onFault,
  );
}

function wholeNumber(name: string, text = ""): number {
  if (!/^\d{1,5}$/.test(text)) throw new Error(`${name}: ${text} is no whole number`);
  return Number(text);
}
