import type { Registry } from "prom-client";
import type { Logger } from "../logger.ts";
import { BusHub } from "./bus-hub.ts";
import { ConnectionDealer } from "./connection-dealer.ts";
import { HostMetrics } from "./host-metrics.ts";
import type { MessagePeer } from "./message-peer.ts";
import { BUS_MESSAGE, NOTHING, TOPICS } from "./protocol.ts";
import type { BackoffTimes } from "./restart-backoff.ts";
import { type EndReason, WorkerProcess, type WorkerTimes } from "./worker-process.ts";
import { WorkerSlot } from "./worker-slot.ts";

export interface SuperviseTimes extends WorkerTimes {
  readonly backoff: BackoffTimes;
  /** For a replacement of a rolling restart to be ready. */
  readonly readyTimeoutMs: number;
}

export const DEFAULT_TIMES: SuperviseTimes = {
  startTimeoutMs: 60_000,
  pingIntervalMs: 2_000,
  maxMissedPings: 5,
  handOverTimeoutMs: 20_000,
  backoff: { stableMs: 10_000, minMs: 250, maxMs: 30_000 },
  readyTimeoutMs: 60_000,
};

export interface SuperviseOptions {
  /** 1 or more. */
  readonly workerCount: number;
  /** What the workers listen on together. */
  readonly host: string | undefined;
  /** 0 = any free port. */
  readonly port: number;
  /** Another port that they listen on; 0 = any free port. A connection's local port says which it came to. */
  readonly secondPort?: number | undefined;
  /** What a worker runs; this process's own script by default. */
  readonly script?: string;
  /** For a worker to drain and close; then it is killed. */
  readonly drainTimeoutMs: number;
  readonly log: Logger;
  /** The primary's own. */
  readonly metrics: Registry;
  readonly times?: Partial<SuperviseTimes>;
}

/**
 * The primary of a host's workers: listens for them, starts them, replaces those that die or hang, restarts them one by
 * one, and adds up their metrics.
 */
export class Supervisor {
  readonly #options: SuperviseOptions;
  readonly #times: SuperviseTimes;
  readonly #slots: readonly WorkerSlot[];
  /** All that run, also those being replaced. */
  readonly #workers = new Set<WorkerProcess>();
  readonly #dealer: ConnectionDealer<WorkerProcess>;
  readonly #metrics: HostMetrics;
  readonly #bus: BusHub;
  #port = 0;
  #secondPort: number | undefined;
  /** Told of the first worker that comes up, and of each that fails before. */
  #onFirst: { up(): void; failed(worker: WorkerProcess): void } | undefined;
  #rolling: Promise<void> | undefined;
  #isReloadQueued = false;
  #closing: Promise<void> | undefined;

  constructor(options: SuperviseOptions) {
    this.#options = options;
    this.#times = { ...DEFAULT_TIMES, ...options.times };
    const { workerCount, metrics, log } = options;
    this.#slots = Array.from(
      { length: workerCount },
      (_, index) => new WorkerSlot(index, this.#times.backoff),
    );
    const workers = (): readonly WorkerProcess[] => [...this.#workers];
    this.#metrics = new HostMetrics({ metrics, workerCount, workers });
    this.#bus = new BusHub(log);
    this.#dealer = new ConnectionDealer({
      targets: workers,
      onFault: (reason) => this.#metrics.connectionFaults.inc({ reason }),
    });
  }

  /** The one that was opened, also where 0 was asked for. */
  get port(): number {
    return this.#port;
  }

  /** The same of the second one; undefined if there is none. */
  get secondPort(): number | undefined {
    return this.#secondPort;
  }

  /**
   * Listens and starts the workers.
   *
   * @returns when the first worker is open, or the closing has begun
   * @throws if the port cannot be had, or no worker comes up; nothing runs then
   */
  async start(): Promise<void> {
    await this.#listen();
    if (this.#closing !== undefined) return;
    const failures = new Map<number, string>();
    const first = new Promise<void>((resolve, reject) => {
      this.#onFirst = {
        up: resolve,
        failed: ({ slot, failure, exit }) => {
          if (this.#closing !== undefined) resolve();
          failures.set(slot, failure ?? `it ended with ${exit?.signal ?? `code ${exit?.code}`}`);
          if (failures.size < this.#slots.length) return;
          reject(new Error(`no worker could start: ${failure ?? failures.get(slot)}`));
        },
      };
    });
    for (const slot of this.#slots) this.#fill(slot);
    try {
      await first;
    } catch (error) {
      await this.close();
      throw error;
    } finally {
      this.#onFirst = undefined;
    }
  }

  /**
   * Replaces the workers one after the other: each serves until its replacement is ready. Stops if a replacement does
   * not get ready. Called while that goes on, it starts over afterwards, once.
   */
  reload(): void {
    if (this.#closing !== undefined) return;
    if (this.#rolling !== undefined) {
      this.#isReloadQueued = true;
      return;
    }
    this.#rolling = this.#roll().finally(() => {
      this.#rolling = undefined;
      if (!this.#isReloadQueued) return;
      this.#isReloadQueued = false;
      this.reload();
    });
  }

  /**
   * Accepts no more, lets all workers drain, and ends those that do not in time. Idempotent.
   *
   * @throws {AggregateError} if a worker did not end cleanly
   */
  close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  async #closeAll(): Promise<void> {
    this.#dealer.stopAccepting();
    for (const slot of this.#slots) slot.cancelStart();
    const workers = [...this.#workers];
    const { drainTimeoutMs } = this.#options;
    await Promise.all(workers.map((worker) => worker.drain(drainTimeoutMs)));
    this.#dealer.destroy();
    const faults = workers.flatMap(({ slot, exit }) =>
      exit?.reason === "exited" ? [] : [new Error(`worker ${slot}: ${describe(exit)}`)],
    );
    if (faults.length > 0) throw new AggregateError(faults, "workers did not end cleanly");
  }

  /** @throws if a port cannot be had; none is open then */
  async #listen(): Promise<void> {
    const { host, port, secondPort } = this.#options;
    this.#port = await this.#dealer.listen(host, port);
    if (secondPort === undefined) return;
    try {
      this.#secondPort = await this.#dealer.listen(host, secondPort);
    } catch (error) {
      this.#dealer.destroy();
      throw error;
    }
  }

  #fill(slot: WorkerSlot): void {
    slot.holder = this.#fork(slot);
    slot.holder.activate();
  }

  #fork(slot: WorkerSlot): WorkerProcess {
    const { script = process.argv[1] ?? "", log } = this.#options;
    const worker = new WorkerProcess({
      slot: slot.index,
      port: this.#port,
      script,
      times: this.#times,
      onChange: () => this.#changed(),
      onExit: (ended) => this.#ended(slot, ended),
      onFault: (err) =>
        log.debug({ err, slot: slot.index }, "a message to or from a worker failed"),
      serve: (from, peer) => this.#serve(from, peer),
    });
    this.#workers.add(worker);
    log.info({ slot: slot.index, workerPid: worker.pid }, "worker started");
    return worker;
  }

  #serve(worker: WorkerProcess, peer: MessagePeer): void {
    peer.onRequest(TOPICS.fromWorker.publish, BUS_MESSAGE, async (message) => {
      const others = [...this.#workers].filter((one) => one !== worker && one.isReachable);
      const lateCount = await this.#bus.publish(others, message);
      if (lateCount > 0) this.#metrics.busLate.inc(lateCount);
      return { lateCount };
    });
    peer.onRequest(TOPICS.fromWorker.scrape, NOTHING, async () => ({
      text: await this.#metrics.scrape(),
      contentType: this.#metrics.contentType,
    }));
  }

  #changed(): void {
    if ([...this.#workers].some((worker) => worker.isOpen)) this.#onFirst?.up();
    this.#tellSummary();
    this.#dealer.deal();
  }

  #tellSummary(): void {
    const readyCount = [...this.#workers].filter((worker) => worker.isReady).length;
    const summary = { workerCount: this.#slots.length, readyCount };
    for (const worker of this.#workers) worker.tellSummary(summary);
  }

  #ended(slot: WorkerSlot, worker: WorkerProcess): void {
    this.#workers.delete(worker);
    this.#metrics.retire(worker);
    this.#tellSummary();
    const { log } = this.#options;
    const { exit, failure } = worker;
    const fields = { slot: slot.index, workerPid: worker.pid, ...exit, failure };
    const isExpected = worker !== slot.holder || this.#closing !== undefined;
    if (isExpected) log.info(fields, "worker ended");
    else log.error(fields, "worker ended unexpectedly");
    if (worker === slot.holder) slot.holder = undefined;
    this.#onFirst?.failed(worker);
    this.#dealer.deal();
    // A successor takes the slot over, or its rolling restart sees to it.
    if (!isExpected && slot.successor === undefined) this.#restart(slot, exit);
  }

  #restart(slot: WorkerSlot, exit: WorkerProcess["exit"]): void {
    if (this.#closing !== undefined) return;
    const { reason = "exited", openMs = 0 } = exit ?? {};
    const delayMs = slot.startLater(openMs, () => {
      this.#metrics.restarts.inc({ reason });
      this.#fill(slot);
    });
    this.#options.log.info({ slot: slot.index, delayMs }, "worker will be restarted");
  }

  /** Never rejects. */
  async #roll(): Promise<void> {
    const { log } = this.#options;
    log.info("rolling restart begins");
    for (const slot of this.#slots) {
      if (this.#closing !== undefined) return;
      if (await this.#replace(slot)) continue;
      this.#metrics.reloads.inc({ result: "stopped" });
      log.error({ slot: slot.index }, "rolling restart stopped: the replacement did not get ready");
      return;
    }
    this.#metrics.reloads.inc({ result: "done" });
    log.info("rolling restart done");
  }

  /** @returns whether the slot has a worker that was started now */
  async #replace(slot: WorkerSlot): Promise<boolean> {
    slot.cancelStart();
    const successor = this.#fork(slot);
    slot.successor = successor;
    const isReady = await this.#waitUntilReady(successor);
    slot.successor = undefined;
    if (this.#closing !== undefined) return isReady;
    if (!isReady) {
      if (successor.exit === undefined) successor.kill("start-timeout");
      await successor.ended;
      if (slot.holder === undefined) this.#restart(slot, successor.exit);
      return false;
    }
    const old = slot.holder;
    slot.holder = successor;
    this.#metrics.restarts.inc({ reason: "reload" });
    await old?.drain(this.#options.drainTimeoutMs);
    successor.activate();
    return true;
  }

  async #waitUntilReady(worker: WorkerProcess): Promise<boolean> {
    const { readyTimeoutMs } = this.#times;
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), readyTimeoutMs);
    await Promise.race([worker.whenReady(timeout.signal), worker.ended]);
    clearTimeout(timer);
    return worker.isReady;
  }
}

function describe(exit: WorkerProcess["exit"]): string {
  const reason: EndReason = exit?.reason ?? "killed";
  return `${reason}, exit code ${exit?.code}, signal ${exit?.signal}`;
}
