import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { localAddress } from "../free-ports.ts";
import { type SeededRandom, seededRandom } from "../random.ts";
import type { Direction } from "./tcp-fault.ts";
import { assertUdpFaults, type UdpFaults, UdpPipe } from "./udp-pipe.ts";

const HOST = "127.0.0.1";
/** Clients that are told apart at once: each costs a socket. The one silent for longest gives way. */
const CLIENTS_MAX = 256;

export interface UdpProxyOptions {
  readonly target: { readonly host: string; readonly port: number };
  /** Decides which datagrams meet which fate; default 1. */
  readonly seed?: number;
}

/** Datagrams since the start; those of `toTarget` come from clients. */
export interface UdpProxyCounters {
  readonly clients: number;
  readonly receivedFromClients: number;
  readonly sentToTarget: number;
  readonly receivedFromTarget: number;
  readonly sentToClients: number;
}

/** Starts a relay of datagrams on a free port of 127.0.0.1; answers go back to the client that asked. */
export async function startUdpProxy(options: UdpProxyOptions): Promise<UdpProxy> {
  const socket = await bind();
  return new UdpProxy(options, socket);
}

/** A relay of datagrams whose faults are switched while it runs. */
export class UdpProxy {
  readonly host = HOST;
  readonly port: number;
  readonly #socket: Socket;
  readonly #target: UdpProxyOptions["target"];
  readonly #random: SeededRandom;
  /** By the client's `address:port`; the first has been silent for longest. */
  readonly #clients = new Map<string, UdpClient>();
  readonly #faults: Record<"toTarget" | "toClient", UdpFaults> = { toTarget: {}, toClient: {} };
  readonly #counts = {
    clients: 0,
    receivedFromClients: 0,
    sentToTarget: 0,
    receivedFromTarget: 0,
    sentToClients: 0,
  };
  #isClosed = false;

  constructor({ target, seed = 1 }: UdpProxyOptions, socket: Socket) {
    this.#target = target;
    this.#socket = socket;
    this.#random = seededRandom(seed);
    this.port = socket.address().port;
    socket.on("message", (bytes, from) => this.#fromClient(bytes, from));
  }

  /** `host:port`. */
  get text(): string {
    return localAddress(this.port);
  }

  get counters(): UdpProxyCounters {
    return { ...this.#counts };
  }

  /**
   * Replaces the faults of a direction.
   *
   * @throws {RangeError} for a share that is not between 0 and 1, or a number below 0
   */
  inject(faults: UdpFaults, direction: Direction = "both"): void {
    assertUdpFaults(faults);
    if (direction !== "toClient") this.#faults.toTarget = faults;
    if (direction !== "toTarget") this.#faults.toClient = faults;
  }

  /** Ends all faults; datagrams that are held back still arrive. */
  heal(): void {
    this.inject({});
  }

  /** Idempotent. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
    const closed = once(this.#socket, "close");
    this.#socket.close();
    await closed;
  }

  #fromClient(bytes: Buffer, from: RemoteInfo): void {
    this.#counts.receivedFromClients += 1;
    this.#clientOf(from).toTarget.take(bytes);
  }

  #clientOf(from: RemoteInfo): UdpClient {
    const name = `${from.address}:${from.port}`;
    const known = this.#clients.get(name);
    const client = known ?? this.#open(from);
    this.#clients.delete(name);
    this.#clients.set(name, client);
    return client;
  }

  #open(from: RemoteInfo): UdpClient {
    const [oldest] = this.#clients;
    if (oldest !== undefined && this.#clients.size >= CLIENTS_MAX) {
      oldest[1].close();
      this.#clients.delete(oldest[0]);
    }
    this.#counts.clients += 1;
    const socket = createSocket("udp4");
    const { host, port } = this.#target;
    const toTarget = new UdpPipe({
      faults: () => this.#faults.toTarget,
      random: this.#random,
      send: (bytes) => {
        this.#counts.sentToTarget += 1;
        socket.send(bytes, port, host);
      },
    });
    const toClient = new UdpPipe({
      faults: () => this.#faults.toClient,
      random: this.#random,
      send: (bytes) => {
        this.#counts.sentToClients += 1;
        this.#socket.send(bytes, from.port, from.address);
      },
    });
    socket.on("message", (bytes) => {
      this.#counts.receivedFromTarget += 1;
      toClient.take(bytes);
    });
    return new UdpClient(socket, toTarget, toClient);
  }
}

/** The socket that stands for one client before the target, so that answers find their way back. */
class UdpClient {
  readonly toTarget: UdpPipe;
  readonly #toClient: UdpPipe;
  readonly #socket: Socket;

  constructor(socket: Socket, toTarget: UdpPipe, toClient: UdpPipe) {
    this.#socket = socket;
    this.toTarget = toTarget;
    this.#toClient = toClient;
  }

  close(): void {
    this.toTarget.close();
    this.#toClient.close();
    this.#socket.close();
  }
}

async function bind(): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.bind(0, HOST);
  await once(socket, "listening");
  return socket;
}
