import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { FeatureStoreError } from "../errors.ts";

/** Connections that wait for a worker; more are closed. */
export const MAX_WAITING_CONNECTIONS = 1_024;

/** For a connection to get a worker while there is none. */
export const MAX_WAIT_MS = 10_000;

/** Who may get a connection. */
export interface DealTarget {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  /** It has one in hand; it gets the next one after it has taken that. */
  readonly isBusy: boolean;
  /** See `WorkerProcess.take`. */
  take(socket: Socket): Promise<boolean>;
}

/** Why a connection was closed without a worker: all are full, none came up in time, too many wait, not taken. */
export type DealFault = "full" | "late" | "overflow" | "lost";

interface Waiting {
  readonly socket: Socket;
  readonly timer: NodeJS.Timeout;
  readonly refusedBy: Set<DealTarget>;
}

export interface ConnectionDealerOptions<T extends DealTarget> {
  targets(): readonly T[];
  onFault(fault: DealFault): void;
  readonly maxWaitMs?: number;
}

/**
 * The listening sockets of all workers. It hands each connection to one of them, in turn: to those that are ready, or
 * while none is, to those that are open, so that health can be asked for. The bytes of a connection never pass here.
 *
 * Node's own cluster module is not used for this: it gives connections to workers that are not ready or hang, loses the
 * one that a worker dies with in hand, and passes a connection round in circles while all workers are full.
 */
export class ConnectionDealer<T extends DealTarget> {
  readonly #options: ConnectionDealerOptions<T>;
  readonly #servers: Server[] = [];
  readonly #waiting: Waiting[] = [];
  #last: T | undefined;

  constructor(options: ConnectionDealerOptions<T>) {
    this.#options = options;
  }

  /**
   * Call it once for each port.
   *
   * @returns the port
   * @throws the system's error if the address is taken or not allowed
   */
  async listen(host: string | undefined, port: number): Promise<number> {
    const server = createServer({ pauseOnConnect: true, noDelay: true });
    server.on("connection", (socket: Socket) => this.#accept(socket));
    server.listen({ host, port });
    await once(server, "listening");
    this.#servers.push(server);
    return (server.address() as AddressInfo).port;
  }

  /** Deals what waits; call it when a worker may have become free. */
  deal(): void {
    for (const waiting of [...this.#waiting]) this.#dealOne(waiting);
  }

  /** Accepts no more; what waits is still dealt, until `destroy`. */
  stopAccepting(): void {
    for (const server of this.#servers) {
      if (server.listening) server.close();
    }
  }

  destroy(): void {
    this.stopAccepting();
    for (const waiting of [...this.#waiting]) this.#drop(waiting, "late");
  }

  #accept(socket: Socket): void {
    // The worker's copy hears of it, too, and counts it.
    socket.on("error", () => socket.destroy());
    const { maxWaitMs = MAX_WAIT_MS } = this.#options;
    const timer = setTimeout(() => this.#drop(waiting, "late"), maxWaitMs);
    const waiting: Waiting = { socket, timer, refusedBy: new Set() };
    this.#waiting.push(waiting);
    if (this.#waiting.length > MAX_WAITING_CONNECTIONS) this.#drop(waiting, "overflow");
    else this.#dealOne(waiting);
  }

  #dealOne(waiting: Waiting): void {
    const targets = this.#options.targets().filter((target) => target.isOpen);
    if (targets.length > 0 && targets.every((target) => waiting.refusedBy.has(target))) {
      this.#drop(waiting, "full");
      return;
    }
    const target = this.#next(targets.filter((one) => !waiting.refusedBy.has(one)));
    if (target !== undefined) void this.#hand(waiting, target);
  }

  /** The next free one after the last; those that are ready go first. */
  #next(targets: readonly T[]): T | undefined {
    const ready = targets.filter((target) => target.isReady);
    const candidates = ready.length > 0 ? ready : targets;
    const after = this.#last === undefined ? 0 : candidates.indexOf(this.#last) + 1;
    const turn = [...candidates.slice(after), ...candidates.slice(0, after)];
    return turn.find((target) => !target.isBusy);
  }

  /** Never rejects. */
  async #hand(waiting: Waiting, target: T): Promise<void> {
    this.#remove(waiting);
    this.#last = target;
    try {
      if (await target.take(waiting.socket)) {
        // The worker has its own copy of the connection; this closes nothing but ours.
        waiting.socket.destroy();
      } else {
        waiting.refusedBy.add(target);
        this.#again(waiting);
      }
    } catch (error) {
      const isUntouched = error instanceof FeatureStoreError && error.code === "UNAVAILABLE";
      if (isUntouched) this.#again(waiting);
      else this.#drop(waiting, "lost");
    }
    this.deal();
  }

  #again({ socket, refusedBy }: Waiting): void {
    const { maxWaitMs = MAX_WAIT_MS } = this.#options;
    const timer = setTimeout(() => this.#drop(waiting, "late"), maxWaitMs);
    const waiting: Waiting = { socket, timer, refusedBy };
    this.#waiting.unshift(waiting);
  }

  #remove(waiting: Waiting): void {
    clearTimeout(waiting.timer);
    const index = this.#waiting.indexOf(waiting);
    if (index >= 0) this.#waiting.splice(index, 1);
  }

  #drop(waiting: Waiting, fault: DealFault): void {
    this.#remove(waiting);
    waiting.socket.destroy();
    this.#options.onFault(fault);
  }
}
