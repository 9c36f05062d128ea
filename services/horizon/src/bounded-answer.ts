import { FeatureStoreError } from "@ofs/platform";

/** Of texts that come from other services. */
const REASON_LENGTH_MAX = 300;

/**
 * Reads the body of another service's answer, and no more of it than can be meant.
 *
 * @throws {FeatureStoreError} UNAVAILABLE if it is longer; what the connection throws
 */
export async function readBounded(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of response.body ?? []) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) {
      // Leaving the loop cancels the body, and with it the connection.
      const { pathname } = new URL(response.url);
      const reason = `${pathname} answered more than ${maxBytes} bytes`;
      throw new FeatureStoreError("UNAVAILABLE", reason);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, sizeBytes).toString("utf8");
}

/** Why a service could not be asked, in a few words. */
export function reachFailureText(error: unknown, timeoutMs: number): string {
  if (error instanceof FeatureStoreError) return shortened(error.message);
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return `no answer in ${timeoutMs} ms`;
  }
  const { cause } = error as { cause?: { code?: unknown; message?: unknown } };
  const why = cause?.message || cause?.code || (error instanceof Error ? error.message : error);
  return shortened(`cannot be reached: ${String(why)}`);
}

/** @returns undefined if it is no JSON: schemas refuse that, too */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What others say may be long. */
export function shortened(text: string): string {
  return text.length > REASON_LENGTH_MAX ? `${text.slice(0, REASON_LENGTH_MAX - 1)}…` : text;
}
