import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import type { Http2ServerResponse } from "node:http2";
import type { Readable } from "node:stream";

/** A request over HTTP/1.1 or HTTP/2, whoever has received it: its body, and this. */
export interface HttpRequest extends Readable {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[];
}

/** The caller, where the answer is not a stream of Node's. */
export interface PlainResponse {
  readonly destroyed: boolean;
  readonly writableEnded: boolean;
  once(event: "close", listener: () => void): unknown;
}

/** Its answer. */
export type HttpResponse = ServerResponse | Http2ServerResponse | PlainResponse;

/** @param name in lower case @returns the header's first value */
export function firstHeader({ rawHeaders }: HttpRequest, name: string): string | undefined {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === name) return rawHeaders[index + 1];
  }
  return undefined;
}

/** Whether nobody waits for the answer any more. */
export function isGone(response: HttpResponse): boolean {
  return "stream" in response ? response.stream.destroyed : response.destroyed;
}
