import type { IncomingHttpHeaders } from "node:http";
import type { PlainRequest } from "@ofs/grpc-front";
import type { HttpRequest, PlainResponse } from "./http-request.ts";

/** A request that our own HTTP/2 server has received, as routes know requests. */
export function plainHttpRequest({ method, path, rawHeaders, body }: PlainRequest): HttpRequest {
  const headers: IncomingHttpHeaders = {};
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (!Object.hasOwn(headers, name)) headers[name] = rawHeaders[index + 1] as string;
  }
  return Object.assign(body, { method, url: path, rawHeaders, headers });
}

/** The caller of such a request. */
export class PlainCaller implements PlainResponse {
  /** Its answer is sent by the server, after which nobody asks. */
  readonly writableEnded = false;
  readonly #signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  get destroyed(): boolean {
    return this.#signal.aborted;
  }

  once(_event: "close", listener: () => void): void {
    this.#signal.addEventListener("abort", listener, { once: true });
  }
}
