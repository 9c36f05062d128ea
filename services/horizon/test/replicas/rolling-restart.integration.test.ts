import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Operator } from "../support/operator.ts";
import { ADMIN, ReplicaSet } from "./replica-set.ts";
import { RetryingClient } from "./retrying-client.ts";

const REPLICAS = 2;
const ROUNDS = 2;
const CALLERS = 4;
const TIMEOUT_MS = 240_000;

let replicas: ReplicaSet;

beforeAll(async () => {
  replicas = await ReplicaSet.start(REPLICAS);
}, TIMEOUT_MS);

afterAll(() => replicas?.close(), TIMEOUT_MS);

/** Asks for entities, approves them and looks at them, until it is told to end. */
class Caller {
  readonly client: RetryingClient;
  readonly approved: string[] = [];
  #isOver = false;
  readonly #name: string;

  constructor(name: string, client: RetryingClient) {
    this.#name = name;
    this.client = client;
  }

  async run(): Promise<void> {
    for (let n = 0; !this.#isOver; n += 1) await this.#once(`${this.#name}_${n}`);
  }

  end(): void {
    this.#isOver = true;
  }

  async #once(label: string): Promise<void> {
    const key = { sequence: 0, "entity-label": "id", "column-label": "id" };
    const submitted = await this.client.call({
      method: "POST",
      path: "register-entity",
      body: { "entity-label": label, "key-map": { "0": key } },
      idempotencyKey: randomUUID(),
    });
    expect(submitted.status, submitted.text).toBe(200);
    const id = Number(submitted.body["request-id"]);
    const decided = await this.client.call({
      method: "POST",
      path: "process-entity",
      body: { "request-id": id, status: "APPROVED" },
    });
    // 412: an attempt before was carried out, and its answer did not arrive.
    expect([200, 412], decided.text).toContain(decided.status);
    const request = await this.client.call({ method: "GET", path: `requests/entity/${id}` });
    expect(request.status, request.text).toBe(200);
    expect(["APPROVED", "APPLYING"]).toContain(request.body.Status);
    this.approved.push(label);
  }
}

async function tokenOf(origin: string): Promise<string> {
  const reply = await fetch(`${origin}/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: ADMIN.email, password: ADMIN.madePassword }),
  });
  const { token } = (await reply.json()) as { token: string };
  return token;
}

it(
  "of two replicas loses no request of clients that try again, and no session",
  async (context) => {
    const { origins } = replicas;
    const callers: Caller[] = [];
    for (let index = 0; index < CALLERS; index += 1) {
      // Half of the sessions are begun at each replica; all are used at both.
      const token = await tokenOf(origins[index % REPLICAS] ?? "");
      callers.push(new Caller(`caller${index}`, new RetryingClient(origins, token)));
    }
    const running = callers.map((caller) => caller.run());
    const codes: (number | null)[] = [];
    try {
      for (let n = 0; n < ROUNDS * REPLICAS; n += 1)
        codes.push(await replicas.restart(n % REPLICAS));
    } finally {
      for (const caller of callers) caller.end();
    }
    await Promise.all(running);
    const count = callers.reduce((sum, { approved }) => sum + approved.length, 0);
    const retries = new Map<string, number>();
    for (const [reason, times] of callers.flatMap(({ client }) => [...client.retries])) {
      retries.set(reason, (retries.get(reason) ?? 0) + times);
    }
    await context.annotate(
      `${count} entities approved over ${codes.length} restarts; tried again: ${JSON.stringify([...retries])}`,
    );
    expect(codes).toEqual(codes.map(() => 0));
    const operator = await Operator.signIn(origins[0] ?? "", ADMIN);
    const { body } = await operator.call("GET", "get-entity-requests");
    const ends = new Map<string, string>(
      body.map((row: { EntityLabel: string; Status: string }) => [row.EntityLabel, row.Status]),
    );
    const paths = await replicas.paths();
    for (const { approved } of callers) {
      expect(approved.length).toBeGreaterThan(0);
      for (const label of approved) {
        expect([label, ends.get(label)]).toEqual([label, "APPROVED"]);
        expect(paths).toContain(`entities/${label}/label`);
      }
    }
    // Nothing was asked for twice.
    expect(body).toHaveLength(ends.size);
  },
  TIMEOUT_MS,
);
