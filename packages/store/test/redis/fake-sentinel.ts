import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { ServerAddress } from "@ofs/testkit";

/** A sentinel that says what the test wants: which server is master, and that it has changed. */
export class FakeSentinel {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #subscribers = new Set<Socket>();
  master: ServerAddress;

  constructor(master: ServerAddress) {
    this.master = master;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get subscriberCount(): number {
    return this.#subscribers.size;
  }

  /** Names another master, and tells those who listen. */
  switchMaster(name: string, master: ServerAddress): void {
    const { host, port } = this.master;
    this.master = master;
    const text = `${name} ${host} ${port} ${master.host} ${master.port}`;
    for (const socket of this.#subscribers) socket.write(array("message", "+switch-master", text));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setEncoding("utf8");
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      this.#sockets.delete(socket);
      this.#subscribers.delete(socket);
    });
    socket.on("data", (text: string) => {
      for (const words of commands(text)) socket.write(this.#answer(socket, words));
    });
  }

  #answer(socket: Socket, [command, subcommand]: readonly string[]): string {
    if (command === "subscribe") {
      this.#subscribers.add(socket);
      return `*3\r\n${bulk("subscribe")}${bulk("+switch-master")}:1\r\n`;
    }
    if (command !== "sentinel") return "+OK\r\n";
    if (subcommand !== "get-master-addr-by-name") return "*0\r\n";
    return array(this.master.host, String(this.master.port));
  }
}

/** Splits `*2\r\n$4\r\nPING\r\n...` into words; enough for small commands that come whole. */
function commands(text: string): string[][] {
  return text
    .split(/\*\d+\r\n/)
    .filter((part) => part !== "")
    .map((part) =>
      part
        .split("\r\n")
        .filter((_, i) => i % 2 === 1)
        .map((word) => word.toLowerCase()),
    );
}

function array(...texts: string[]): string {
  return `*${texts.length}\r\n${texts.map(bulk).join("")}`;
}

function bulk(text: string): string {
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}
