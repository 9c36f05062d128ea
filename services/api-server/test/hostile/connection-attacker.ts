import { connect, type Socket } from "node:net";
import { setTimeout as delay, setImmediate as turn } from "node:timers/promises";
import type { SeededRandom } from "@ofs/testkit";
import { mutateBytes } from "./proto-mutations.ts";

/** The server must have let go of a connection this long after its client has: keepalive, at the latest. */
const LETS_GO_WITHIN_MS = 45_000;

/** Connections that are left to the server to end; beyond, the oldest is cut. */
const MAX_LEFT = 200;

/**
 * How a client leaves: `silent` says nothing more and waits for the server to see that it is of no use. Over HTTP/1.1
 * it may be a client that keeps its connection for later, so there `half-close` is the slowest.
 */
const ENDINGS = ["half-close", "reset", "cut", "cut", "silent"] as const;

const MUTATIONS = ["flip bits", "flip bits", "truncate", "insert bytes"] as const;

/** What a client says, and in which protocol it may be taken to be. */
export interface Speech {
  readonly kind: string;
  readonly bytes: Buffer;
  readonly isHttp2: boolean;
  /** Whether the client may go silent, which takes the server some time to notice. */
  readonly maySilence: boolean;
}

/** Opens a connection, says something, leaves. */
export class ConnectionAttacker {
  readonly #port: number;
  /** What each of those said that are the server's to end. */
  readonly #left = new Map<Socket, string>();

  constructor(port: number) {
    this.#port = port;
  }

  /** @param isMutated changes a few of the bytes, keeping most of the conversation's form */
  async attack(
    { kind, bytes, isHttp2, maySilence }: Speech,
    isMutated: boolean,
    random: SeededRandom,
  ): Promise<void> {
    const sent = isMutated ? mutateBytes(bytes, random.pick(MUTATIONS), random) : bytes;
    const socket = connect(this.#port, "127.0.0.1");
    // Being cut off is what the server owes most of these.
    socket.on("error", () => socket.destroy());
    socket.resume();
    await Promise.race([happening(socket, "connect"), happening(socket, "close")]);
    const split = random.integer(0, sent.length);
    socket.write(sent.subarray(0, split));
    await turn();
    socket.write(sent.subarray(split));
    await turn();
    const ending = random.pick(ENDINGS);
    if (ending === "reset") socket.resetAndDestroy();
    else if (ending === "cut") socket.destroy();
    else this.#keep(socket, kind, ending === "half-close" || !isHttp2 || !maySilence);
  }

  /** Waits until the server has ended every connection that was left to it. @throws {Error} if it does not */
  async assertAllEnded(): Promise<void> {
    const left = [...this.#left.keys()];
    const ended = Promise.all(
      left.filter((socket) => !socket.closed).map((socket) => happening(socket, "close")),
    );
    const timer = new AbortController();
    const late = delay(LETS_GO_WITHIN_MS, undefined, { signal: timer.signal }).catch(
      () => undefined,
    );
    await Promise.race([ended, late]);
    timer.abort();
    const open = [...new Set(this.#left.values())];
    if (open.length > 0) throw new Error(`dead connections are still open: ${open.join(", ")}`);
  }

  close(): void {
    for (const socket of this.#left.keys()) socket.destroy();
  }

  #keep(socket: Socket, kind: string, isHalfClosed: boolean): void {
    if (isHalfClosed) socket.end();
    if (socket.closed) return;
    this.#left.set(socket, kind);
    socket.once("close", () => this.#left.delete(socket));
    if (this.#left.size <= MAX_LEFT) return;
    const [oldest] = this.#left.keys();
    oldest?.destroy();
  }
}

/** Unlike `once` of node:events this does not mind an error before. */
function happening(socket: Socket, event: "connect" | "close"): Promise<void> {
  return new Promise((resolve) => {
    socket.once(event, () => resolve());
  });
}
