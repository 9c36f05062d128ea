import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

const READY = JSON.stringify({ status: "ready", checks: { registry: { status: "ok" } } });

/** What an instance answers, by path; a text is sent with 200. */
export type Answers = Readonly<Record<string, string | RequestListener>>;

/** Servers that play services on ports of their own. */
export class Instances {
  readonly #stops: (() => Promise<void>)[] = [];

  /** @returns the url of an instance that is ready unless told otherwise */
  async start(answers: Answers): Promise<string> {
    const all: Answers = { "/ready": READY, ...answers };
    const server = createServer((request, response) => {
      const answer = all[request.url ?? ""];
      if (answer === undefined) response.writeHead(404).end();
      else if (typeof answer === "string") response.end(answer);
      else answer(request, response);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    this.#stops.push(async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** @returns the url of a port that nobody listens on any more */
  async startStopped(): Promise<string> {
    const url = await this.start({});
    await this.#stops.pop()?.();
    return url;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#stops.splice(0).map((stop) => stop()));
  }
}
