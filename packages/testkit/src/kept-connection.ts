import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";

/** A client that keeps its HTTP/1.1 connection for its next request, byte by byte. */
export class KeptConnection {
  readonly #socket: Socket;
  #received = "";
  #isClosed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("latin1").on("data", (text: string) => {
      this.#received += text;
    });
    // What the server does to it is seen by what it has answered.
    socket
      .on("error", () => undefined)
      .on("close", () => {
        this.#isClosed = true;
      });
  }

  static async open(port: number): Promise<KeptConnection> {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    await once(socket, "connect");
    return new KeptConnection(socket);
  }

  /** Has left this process when it returns. */
  send(path: string): void {
    this.#received = "";
    this.#socket.write(`GET ${path} HTTP/1.1\r\nhost: test\r\n\r\n`);
  }

  /**
   * Waits for the answer of the request that was sent.
   *
   * @returns its status and headers, as they came
   * @throws {Error} if the connection ends without
   */
  async answer(): Promise<string> {
    for (;;) {
      const [head = "", body] = this.#received.split("\r\n\r\n");
      const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
      if (body !== undefined && body.length >= length) return head;
      if (this.#isClosed) throw new Error(`the connection ended after '${this.#received}'`);
      await Promise.race([once(this.#socket, "data"), once(this.#socket, "close")]);
    }
  }

  close(): void {
    this.#socket.destroy();
  }
}

/**
 * Nothing runs in this process for a while, as if it had no core. After it timers come first, as they do in Node, and then what
 * has arrived.
 *
 * @param others what other processes do meanwhile
 */
export async function starve(ms: number, others: () => void): Promise<void> {
  await nextTurn();
  others();
  const endsAtMs = performance.now() + ms;
  while (performance.now() < endsAtMs);
}
