import type { ServerResponse } from "node:http";
import type { Http2ServerResponse } from "node:http2";
import { HttpError } from "@ofs/http";
import type { StreamedReply } from "./http-reply.ts";

/** Largest streamed answer where it cannot be streamed: to HTTP/2 clients of our own server. In UTF-16 units. */
const WHOLE_BODY_MAX = 64 * 1024 * 1024;

/**
 * Sends an answer chunk by chunk, as fast as its caller takes it. Ends early, without an error, if the caller goes away.
 *
 * @throws what the chunks throw; the answer has begun by then
 */
export async function sendStream(
  response: ServerResponse | Http2ServerResponse,
  { status, chunks }: StreamedReply,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  let hasBegun = false;
  for await (const chunk of chunks) {
    if (response.destroyed) return;
    if (!hasBegun) begin(response, status, headers);
    hasBegun = true;
    if (!write(response, chunk)) await drained(response);
  }
  if (!hasBegun) begin(response, status, headers);
  if (!response.destroyed) response.end();
}

/** @throws {HttpError} 413 if it is too large to be held */
export async function wholeBody(chunks: AsyncIterable<string>): Promise<string> {
  const parts: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > WHOLE_BODY_MAX) {
      throw new HttpError(413, `the answer is larger than ${WHOLE_BODY_MAX}: ask over HTTP/1.1`);
    }
    parts.push(chunk);
  }
  return parts.join("");
}

function begin(
  response: ServerResponse | Http2ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
): void {
  if ("stream" in response) response.writeHead(status, headers);
  else response.writeHead(status, headers);
}

function write(response: ServerResponse | Http2ServerResponse, chunk: string): boolean {
  return "stream" in response ? response.write(chunk) : response.write(chunk);
}

/** Resolves when the caller has taken what was written, or is gone. */
function drained(response: ServerResponse | Http2ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off("drain", done);
      response.off("close", done);
      resolve();
    };
    response.on("drain", done);
    response.on("close", done);
    if (response.destroyed) done();
  });
}
