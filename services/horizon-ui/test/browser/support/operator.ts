/** How a change is asked for, and how it is decided. */
const WAYS = {
  store: ["POST", "register-store", "process-store"],
  job: ["POST", "register-job", "process-job"],
  entity: ["POST", "register-entity", "process-entity"],
  "entity-edit": ["POST", "edit-entity", "process-entity"],
  "feature-group": ["POST", "register-feature-group", "process-feature-group"],
  "feature-group-edit": ["POST", "edit-feature-group", "process-feature-group"],
  "features-add": ["POST", "add-features", "process-add-features"],
  "features-delete": ["DELETE", "delete-features", "process-delete-features"],
} as const;

export type SeedKind = keyof typeof WAYS;
type Body = Readonly<Record<string, unknown>>;
export type Role = "viewer" | "author" | "approver" | "admin";

/** Of everybody that an operator makes. */
export const PASSWORD = "Str0ng-enough";

interface Account {
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly role: Role;
}

/** Somebody signed in over REST, who prepares what pages are to show. */
export class Operator {
  readonly #origin: string;
  readonly #token: string;

  private constructor(origin: string, token: string) {
    this.#origin = origin;
    this.#token = token;
  }

  /** @throws {Error} with the server's answer if it refuses */
  static async signIn(origin: string, email: string, password: string): Promise<Operator> {
    const stranger = new Operator(origin, "");
    const { token } = await stranger.#call("POST", "login", { email, password });
    if (typeof token !== "string") throw new Error("the login's answer has no token");
    return new Operator(origin, token);
  }

  /** For calls of other clients in this person's name. */
  get token(): string {
    return this.#token;
  }

  /** Adds somebody active, who has the password `PASSWORD`. */
  async addUser({ email, firstName, lastName, role }: Account): Promise<Operator> {
    const names = { first_name: firstName, last_name: lastName };
    await this.#call("POST", "register", { ...names, email, password: PASSWORD });
    await this.#call("PUT", "update-user", { email, is_active: true, "access-role": role });
    return Operator.signIn(this.#origin, email, PASSWORD);
  }

  /** @returns the request's id */
  async ask(kind: SeedKind, body: Body): Promise<number> {
    const [method, path] = WAYS[kind];
    const answer = await this.#call(method, `api/v1/online-feature-store/${path}`, body);
    return Number(answer["request-id"]);
  }

  async decide(kind: SeedKind, id: number, rejectReason = ""): Promise<void> {
    const status = rejectReason === "" ? "APPROVED" : "REJECTED";
    await this.#call("POST", `api/v1/online-feature-store/${WAYS[kind][2]}`, {
      "request-id": id,
      status,
      "reject-reason": rejectReason,
    });
  }

  /** Asks for a change, and approves it. */
  async make(kind: SeedKind, body: Body): Promise<void> {
    await this.decide(kind, await this.ask(kind, body));
  }

  async #call(method: string, path: string, body: Body): Promise<Record<string, unknown>> {
    const reply = await fetch(`${this.#origin}/${path}`, {
      method,
      headers: {
        "content-type": "application/json",
        ...(this.#token === "" ? {} : { authorization: `Bearer ${this.#token}` }),
      },
      body: JSON.stringify(body),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`);
    return JSON.parse(text) as Record<string, unknown>;
  }
}
