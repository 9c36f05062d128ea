import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";

/** Asked of the system, which may give less: room for bursts while the event loop is busy. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

export interface UdpSocketOptions {
  /** Interface, an IPv4 address; undefined: left to the system. */
  readonly host?: string | undefined;
  /** 0 or undefined = any free port. */
  readonly port?: number | undefined;
  /** Datagrams that wait to be sent; more are refused. */
  readonly maxQueuedPackets: number;
  readonly onPacket: (bytes: Buffer, from: RemoteInfo) => void;
  readonly onError: (error: Error) => void;
}

/** A bound IPv4 socket with a bounded queue. */
export class UdpSocket {
  readonly #socket: Socket;
  readonly #maxQueuedPackets: number;
  readonly #onSent: (error: Error | null) => void;
  #isClosed = false;

  private constructor(socket: Socket, { maxQueuedPackets, onError }: UdpSocketOptions) {
    this.#socket = socket;
    this.#maxQueuedPackets = maxQueuedPackets;
    this.#onSent = (error) => {
      if (error !== null && !this.#isClosed) onError(error);
    };
  }

  /** @throws the system's error if the address cannot be had */
  static async open(options: UdpSocketOptions): Promise<UdpSocket> {
    const socket = createSocket({
      type: "udp4",
      recvBufferSize: RECEIVE_BUFFER_BYTES,
      // Addresses are resolved before; without this each datagram would wait for a tick.
      lookup: (host, _options, done) => done(null, host, 4),
    });
    const bound = once(socket, "listening");
    socket.bind({
      port: options.port ?? 0,
      ...(options.host !== undefined && { address: options.host }),
    });
    try {
      await bound;
    } catch (error) {
      socket.close();
      throw error;
    }
    const opened = new UdpSocket(socket, options);
    socket.on("message", options.onPacket);
    socket.on("error", options.onError);
    return opened;
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** @returns false if the queue is full or the socket is closed: nothing is sent then */
  send(packet: Uint8Array, host: string, port: number): boolean {
    if (this.#isClosed || this.#socket.getSendQueueCount() >= this.#maxQueuedPackets) return false;
    this.#socket.send(packet, port, host, this.#onSent);
    return true;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const closed = once(this.#socket, "close");
    this.#socket.close();
    await closed;
  }
}
