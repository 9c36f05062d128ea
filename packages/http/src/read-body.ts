import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import { FeatureStoreError } from "@ofs/platform";
import { HttpError } from "./reply.ts";

/** A request, as far as its body is concerned. */
type Body = Readable & { readonly headers: IncomingHttpHeaders };

/**
 * Reads a request's body as UTF-8. A body that is refused is left unread, the connection open for the answer.
 *
 * @throws {HttpError} 413 if it is larger than `maxBytes`, 415 if it is compressed
 * @throws {FeatureStoreError} CANCELLED if the caller goes away
 */
export async function readBody(request: Body, maxBytes: number): Promise<string> {
  return (await readBodyBytes(request, maxBytes)).toString("utf8");
}

/** The same as bytes. @param setting that bounds them, for the message */
export function readBodyBytes(
  request: Body,
  maxBytes: number,
  setting = "MAX_REQUEST_BYTES",
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const encoding = request.headers["content-encoding"] ?? "identity";
    if (encoding !== "identity") {
      reject(new HttpError(415, `content-encoding ${encoding} is not supported`));
      return;
    }
    if (Number(request.headers["content-length"] ?? 0) > maxBytes) {
      reject(tooLarge(maxBytes, setting));
      return;
    }
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    const onData = (chunk: Buffer): void => {
      sizeBytes += chunk.length;
      chunks.push(chunk);
      if (sizeBytes <= maxBytes) return;
      request.off("data", onData).pause();
      chunks.length = 0;
      reject(tooLarge(maxBytes, setting));
    };
    request.on("data", onData);
    request.once("end", () => resolve(Buffer.concat(chunks, sizeBytes)));
    request.once("error", (error) => {
      const message = `the caller is gone: ${error.message}`;
      reject(new FeatureStoreError("CANCELLED", message, { cause: error }));
    });
  });
}

function tooLarge(maxBytes: number, setting: string): HttpError {
  return new HttpError(413, `the request body is larger than ${maxBytes} bytes (${setting})`);
}
