import type { FirstAdmin } from "../../src/index.ts";

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it.
  readonly body: any;
  readonly text: string;
}

/** A request, and where it is decided. */
export interface ApprovedRequest {
  readonly submit: string;
  /** Default POST. */
  readonly method?: "POST" | "DELETE";
  readonly decide: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Somebody signed in at a control plane that listens. */
export class Operator {
  readonly #origin: string;
  readonly #token: string;

  private constructor(origin: string, token: string) {
    this.#origin = origin;
    this.#token = token;
  }

  /** @param admin as it was told at the first start */
  static async signIn(origin: string, admin: FirstAdmin | undefined): Promise<Operator> {
    const reply = await fetch(`${origin}/login`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email: admin?.email, password: admin?.madePassword }),
    });
    const { token, error } = (await reply.json()) as { token?: string; error?: string };
    if (token === undefined) throw new Error(`login: ${reply.status} ${error}`);
    return new Operator(origin, token);
  }

  /** The same session at another address. */
  at(origin: string): Operator {
    return new Operator(origin, this.#token);
  }

  /** @returns the request's id. @throws {Error} with the answer if it is refused */
  async submit({ submit, method = "POST", body }: ApprovedRequest): Promise<number> {
    const answer = await this.call(method, submit, body);
    if (answer.status === 200) return Number(answer.body["request-id"]);
    throw new Error(`${submit}: ${answer.status} ${answer.text}`);
  }

  /** @throws {Error} with the answer if it does not end APPROVED */
  async approve({ decide }: ApprovedRequest, id: number): Promise<void> {
    const answer = await this.call("POST", decide, { "request-id": id, status: "APPROVED" });
    if (answer.status === 200 && answer.body.status === "APPROVED") return;
    throw new Error(`${decide} ${id}: ${answer.status} ${answer.text}`);
  }

  /** What tells that a call is theirs. */
  get headers(): Readonly<Record<string, string>> {
    return { authorization: `Bearer ${this.#token}` };
  }

  /** @param path below the feature store's */
  async call(
    method: "GET" | "POST" | "DELETE",
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const reply = await fetch(`${this.#origin}/api/v1/online-feature-store/${path}`, {
      method,
      headers: {
        ...this.headers,
        ...headers,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    return { status: reply.status, body: text === "" ? undefined : JSON.parse(text), text };
  }
}
