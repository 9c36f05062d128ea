import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { FeatureStoreError } from "@ofs/platform";

/** What the control plane answered. */
export interface AdminAnswer {
  readonly status: number;
  /** JSON text. */
  readonly body: string;
}

/** The control plane's creations, which old clients ask this server for. */
export interface RowAdmin {
  /**
   * @param path `/entity` or `/feature-group`
   * @param body JSON text
   * @throws {FeatureStoreError} UNAVAILABLE if there is no answer
   */
  post(path: string, body: string, signal?: AbortSignal): Promise<AdminAnswer>;
}

/** A creation changes tables, which takes its time. */
const TIMEOUT_MS = 30_000;

const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** The control plane over HTTP. */
export class HttpRowAdmin implements RowAdmin {
  readonly #url: string;

  /** @param url with or without a slash at its end */
  constructor(url: string) {
    this.#url = url.replace(/\/+$/, "");
  }

  async post(path: string, body: string, signal?: AbortSignal): Promise<AdminAnswer> {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const until = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
    try {
      const response = await send(`${this.#url}${path}`, body, until);
      return { status: response.statusCode ?? 0, body: await textOf(response) };
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new FeatureStoreError("UNAVAILABLE", `the control plane does not answer: ${why}`, {
        cause,
      });
    }
  }
}

function send(url: string, body: string, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const make = url.startsWith("https:") ? httpsRequest : httpRequest;
    const headers = {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    };
    const sent = make(url, { method: "POST", headers, signal }, resolve);
    sent.on("error", reject);
    sent.end(body);
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_ANSWER_BYTES) throw new Error(`answer above ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
