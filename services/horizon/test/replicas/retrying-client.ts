import { setTimeout as pause } from "node:timers/promises";
import type { Answer } from "../support/operator.ts";

const OFS = "/api/v1/online-feature-store";
/** With a pause before each, longer than a replica takes to come back. */
const ATTEMPTS = 200;
const PAUSE_MS = 100;

export interface Call {
  readonly method: "GET" | "POST";
  /** Below the feature store's. */
  readonly path: string;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
}

/**
 * A caller with one session and several replicas, as one behind a load balancer that knows nothing: each call goes to the
 * next replica, and again if nobody is there or the answer is 503.
 */
export class RetryingClient {
  /** Calls that were tried again, by the reason: a status, or the error of a connection. */
  readonly retries = new Map<string, number>();
  readonly #origins: readonly string[];
  readonly #token: string;
  #turn = 0;

  constructor(origins: readonly string[], token: string) {
    this.#origins = origins;
    this.#token = token;
  }

  /** @throws {Error} if no attempt is answered */
  async call(call: Call): Promise<Answer> {
    let last: unknown;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      if (attempt > 0) await pause(PAUSE_MS);
      this.#turn += 1;
      const origin = this.#origins[this.#turn % this.#origins.length] ?? "";
      try {
        const answer = await this.#send(origin, call);
        if (answer.status !== 503) return answer;
        this.#count("503");
        last = answer.text;
      } catch (error) {
        this.#count(reasonOf(error));
        last = error;
      }
    }
    throw new Error(`${call.method} ${call.path}: ${ATTEMPTS} attempts failed`, { cause: last });
  }

  #count(reason: string): void {
    this.retries.set(reason, (this.retries.get(reason) ?? 0) + 1);
  }

  async #send(origin: string, { method, path, body, idempotencyKey }: Call): Promise<Answer> {
    const reply = await fetch(`${origin}${OFS}/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    return { status: reply.status, body: text === "" ? undefined : JSON.parse(text), text };
  }
}

/** @returns the connection's error, for example `ECONNREFUSED` */
function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: string } };
  return cause?.code ?? String(error);
}
