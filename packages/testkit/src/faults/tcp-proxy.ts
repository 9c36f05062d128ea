import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { freePort, localAddress } from "../free-ports.ts";
import { type SeededRandom, seededRandom } from "../random.ts";
import { assertFault, type Direction, type FlowFault, type TcpFault } from "./tcp-fault.ts";
import { TcpPipe } from "./tcp-pipe.ts";

const HOST = "127.0.0.1";

export interface TcpProxyOptions {
  readonly target: { readonly host: string; readonly port: number };
  /** Decides jitter and flipped bits; default 1. */
  readonly seed?: number;
}

/** What passed a proxy since it started. */
export interface TcpProxyCounters {
  /** Accepted, those that were reset at once too. */
  readonly connections: number;
  readonly openConnections: number;
  /** Forwarded, not merely received. */
  readonly bytesToTarget: number;
  readonly bytesToClient: number;
}

/**
 * Starts a proxy on a free port of 127.0.0.1 that passes bytes on until it is told to do worse.
 *
 * Only what connects to its address goes through it. A Redis cluster and a sentinel announce addresses of their
 * own, which clients then use directly; a Cassandra client takes the host from the server and the port from its
 * own settings, so that one node behind a proxy on the same host is reached through the proxy only.
 */
export async function startTcpProxy(options: TcpProxyOptions): Promise<TcpProxy> {
  const proxy = new TcpProxy(options, await freePort());
  await proxy.listen();
  return proxy;
}

/** A relay between clients and a server, with faults that are switched while it runs. */
export class TcpProxy {
  readonly host = HOST;
  readonly port: number;
  readonly #target: TcpProxyOptions["target"];
  readonly #random: SeededRandom;
  readonly #relays = new Set<Relay>();
  #server: Server | undefined;
  #isResetting = false;
  #isClosed = false;
  readonly #faults: Record<"toTarget" | "toClient", FlowFault | undefined> = {
    toTarget: undefined,
    toClient: undefined,
  };
  readonly #counts = { connections: 0, bytesToTarget: 0, bytesToClient: 0 };

  constructor({ target, seed = 1 }: TcpProxyOptions, port: number) {
    this.#target = target;
    this.port = port;
    this.#random = seededRandom(seed);
  }

  /** `host:port`. */
  get text(): string {
    return localAddress(this.port);
  }

  get counters(): TcpProxyCounters {
    return { ...this.#counts, openConnections: this.#relays.size };
  }

  /**
   * Replaces the fault of a direction, for connections that exist and those to come. `reset` and `refuse` are for
   * both directions whatever `direction` says.
   *
   * @throws {RangeError} for a number that makes no sense
   */
  async inject(fault: TcpFault, direction: Direction = "both"): Promise<void> {
    assertFault(fault);
    if (fault.kind === "reset" || fault.kind === "refuse") {
      this.#isResetting = true;
      this.resetConnections();
      if (fault.kind === "refuse") await this.#stopListening();
      return;
    }
    if (direction !== "toClient") this.#faults.toTarget = fault;
    if (direction !== "toTarget") this.#faults.toClient = fault;
    for (const relay of this.#relays) relay.setFaults(this.#faults);
  }

  /** Ends all faults. Connections that are dead (`halfOpen`) or gone stay so; held bytes flow on. */
  async heal(): Promise<void> {
    this.#isResetting = false;
    this.#faults.toTarget = undefined;
    this.#faults.toClient = undefined;
    for (const relay of this.#relays) relay.setFaults(this.#faults);
    if (this.#server === undefined && !this.#isClosed) await this.listen();
  }

  /** Resets the connections that exist, once: new ones work. */
  resetConnections(): void {
    for (const relay of this.#relays) relay.reset();
  }

  /** Stops listening and resets all connections. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.resetConnections();
    await this.#stopListening();
  }

  async listen(): Promise<void> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) =>
      this.#accept(client),
    );
    server.listen(this.port, this.host);
    await once(server, "listening");
    this.#server = server;
  }

  async #stopListening(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = once(server, "close");
    server.close();
    await closed;
  }

  #accept(client: Socket): void {
    this.#counts.connections += 1;
    if (this.#isResetting || this.#isClosed) {
      client.resetAndDestroy();
      return;
    }
    const relay = new Relay(client, this.#target, {
      random: this.#random,
      countToTarget: (sizeBytes) => {
        this.#counts.bytesToTarget += sizeBytes;
      },
      countToClient: (sizeBytes) => {
        this.#counts.bytesToClient += sizeBytes;
      },
      closed: () => this.#relays.delete(relay),
    });
    this.#relays.add(relay);
    relay.setFaults(this.#faults);
  }
}

interface RelayHooks {
  readonly random: SeededRandom;
  readonly countToTarget: (sizeBytes: number) => void;
  readonly countToClient: (sizeBytes: number) => void;
  readonly closed: () => void;
}

/** One client's connection and the one to the server that belongs to it. */
class Relay {
  readonly #client: Socket;
  readonly #target: Socket;
  readonly #toTarget: TcpPipe;
  readonly #toClient: TcpPipe;

  constructor(client: Socket, target: TcpProxyOptions["target"], hooks: RelayHooks) {
    this.#client = client;
    this.#target = connect({ ...target, allowHalfOpen: true, noDelay: true });
    const shared = { random: hooks.random, cut: () => this.#cut() };
    this.#toTarget = new TcpPipe({
      ...shared,
      source: client,
      sink: this.#target,
      count: hooks.countToTarget,
    });
    this.#toClient = new TcpPipe({
      ...shared,
      source: this.#target,
      sink: client,
      count: hooks.countToClient,
    });
    let openSockets = 2;
    for (const socket of [client, this.#target]) {
      socket.once("close", () => {
        openSockets -= 1;
        if (openSockets === 0) hooks.closed();
      });
    }
  }

  setFaults(faults: Readonly<Record<"toTarget" | "toClient", FlowFault | undefined>>): void {
    this.#toTarget.setFault(faults.toTarget);
    this.#toClient.setFault(faults.toClient);
  }

  reset(): void {
    this.#toTarget.close();
    this.#toClient.close();
    this.#client.resetAndDestroy();
    this.#target.resetAndDestroy();
  }

  /** What was forwarded arrives, and then the connection is closed. */
  #cut(): void {
    this.#toTarget.close();
    this.#toClient.close();
    this.#target.destroySoon();
    this.#client.destroySoon();
  }
}
