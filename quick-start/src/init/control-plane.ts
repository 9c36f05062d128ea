import { setTimeout as delay } from "node:timers/promises";

const ANSWER_TIMEOUT_MS = 30_000;
/** What was published by another process is known here a moment later. */
const ATTEMPTS = 20;
const RETRY_MS = 500;

/** What is asked of the control plane: a path and its body. */
export interface Change {
  /** Names it: a request that was sent before is not sent again. */
  readonly name: string;
  readonly kind: "store" | "job" | "entity" | "feature-group";
  readonly body: unknown;
}

/** Somebody signed in at the control plane, who asks for changes and approves them. */
export class ControlPlane {
  readonly #url: string;
  readonly #token: string;

  private constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  /** @throws {Error} with the answer if the password is wrong */
  static async signIn(url: string, email: string, password: string): Promise<ControlPlane> {
    const reply = await send(`${url}/login`, { method: "POST", body: { email, password } });
    const { token } = reply.body as { token?: string };
    if (reply.status === 200 && token !== undefined) return new ControlPlane(url, token);
    throw new Error(
      `${email} cannot sign in at ${url}: ${reply.status} ${JSON.stringify(reply.body)}`,
    );
  }

  /** @param path with its query: `get-entities` @throws {Error} with the answer if there is none */
  async read(path: string): Promise<unknown> {
    const reply = await this.#call("GET", path);
    if (reply.status === 200) return reply.body;
    throw new Error(`${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
  }

  /**
   * Asks for a change and approves it. One that was asked for within a day is not asked for again.
   *
   * @throws {Error} with the answer if it is refused
   */
  async carryOut({ name, kind, body }: Change): Promise<void> {
    const key = { "idempotency-key": `quick-start-${name.replaceAll(" ", "-")}` };
    const asked = await this.#call("POST", `register-${kind}`, body, key);
    const id = (asked.body as { "request-id"?: number })["request-id"];
    if (asked.status !== 200 || id === undefined) {
      throw new Error(`register ${name}: ${asked.status} ${JSON.stringify(asked.body)}`);
    }
    const decision = { "request-id": id, status: "APPROVED" };
    for (let attempt = 1; ; attempt += 1) {
      const decided = await this.#call("POST", `process-${kind}`, decision);
      if (decided.status === 200 || (await this.#isApproved(kind, id))) return;
      if (attempt === ATTEMPTS || decided.status !== 503) {
        throw new Error(`approve ${name}: ${decided.status} ${JSON.stringify(decided.body)}`);
      }
      await delay(RETRY_MS);
    }
  }

  async #isApproved(kind: string, id: number): Promise<boolean> {
    const { body } = await this.#call("GET", `requests/${kind}/${id}`);
    return JSON.stringify(body).includes('"APPROVED"');
  }

  #call(method: "GET" | "POST", path: string, body?: unknown, further: Headers = {}) {
    const headers = { ...further, authorization: `Bearer ${this.#token}` };
    const url = `${this.#url}/api/v1/online-feature-store/${path}`;
    return send(url, { method, headers, body });
  }
}

type Headers = Readonly<Record<string, string>>;

async function send(
  url: string,
  { method, headers, body }: { method: string; headers?: Headers; body?: unknown },
): Promise<{ status: number; body: unknown }> {
  const reply = await fetch(url, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  return { status: reply.status, body: text === "" ? {} : JSON.parse(text) };
}
