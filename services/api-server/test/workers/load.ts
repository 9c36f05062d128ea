import { randomUUID } from "node:crypto";
import { Agent, type IncomingMessage, request } from "node:http";
import { Client, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { persist, retrieve } from "@ofs/proto";
import { queryOf, writeOf } from "../scenarios/scenario-client.ts";
import { CALLER_ID, CALLER_TOKEN } from "../scenarios/scenario-tree.ts";
import { ENTITY, FEATURE, GROUP, KEYS_SCHEMA } from "./workers-under-test.ts";

const ASKED = { [GROUP]: [FEATURE] };
const HEADERS = {
  "online-feature-store-caller-id": CALLER_ID,
  "online-feature-store-auth-token": CALLER_TOKEN,
};
const DEADLINE_MS = 10_000;
/** Between two calls of one loop: hundreds of calls a second from all of them. */
const PAUSE_MS = 20;

/** One connection, and calls on it. Several have connections of their own, so that several workers serve them. */
export interface Caller {
  write(key: string, value: number): Promise<void>;
  read(key: string): Promise<number>;
  close(): void;
}

/** gRPC as clients of production have it: it reconnects when it is told to go away. */
export function grpcCaller(port: number): Caller {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
    "grpc.use_local_subchannel_pool": 1,
    "grpc.initial_reconnect_backoff_ms": 100,
  });
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(HEADERS)) metadata.set(name, value);
  const call = (method: string, bytes: Uint8Array): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        method,
        (message: Uint8Array) => Buffer.from(message),
        (message: Buffer) => message,
        bytes,
        metadata,
        { deadline: Date.now() + DEADLINE_MS },
        (error: ServiceError | null, response?: Buffer) => {
          if (error === null) resolve(response ?? Buffer.alloc(0));
          else reject(error);
        },
      );
    });
  return {
    async write(key, value) {
      const query = writeOf(ENTITY, KEYS_SCHEMA, ASKED, [[key], { int32Values: [value] }]);
      await call("/persist.FeatureService/PersistFeatures", persist.Query.encode(query).finish());
    },
    async read(key) {
      const query = retrieve.Query.encode(queryOf(ENTITY, KEYS_SCHEMA, ASKED, [[key]])).finish();
      const reply = await call("/retrieve.FeatureService/RetrieveFeatures", query);
      return int32Of(Buffer.from(retrieve.Result.decode(reply).rows[0]?.columns?.[0] ?? []));
    },
    close: () => client.close(),
  };
}

/** HTTP on one connection that is kept as long as the server wants it. */
export function httpCaller(port: number): Caller {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const post = async (path: string, body: object): Promise<unknown> => {
    const [status, text] = await send(agent, port, path, JSON.stringify(body));
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
    return JSON.parse(text);
  };
  return {
    async write(key, value) {
      await post("/api/v1/features/persist", {
        entity_label: ENTITY,
        keys_schema: KEYS_SCHEMA,
        feature_group_schema: [{ label: GROUP, feature_labels: [FEATURE] }],
        data: [{ key_values: [key], feature_values: [{ values: { int32_values: [value] } }] }],
      });
    },
    async read(key) {
      const answer = (await post("/api/v1/features/retrieve", {
        entity_label: ENTITY,
        keys_schema: KEYS_SCHEMA,
        feature_groups: [{ label: GROUP, feature_labels: [FEATURE] }],
        keys: [{ cols: [key] }],
      })) as { rows: { columns: string[] }[] };
      return int32Of(Buffer.from(answer.rows[0]?.columns[0] ?? "", "base64"));
    },
    close: () => agent.destroy(),
  };
}

function int32Of(column: Buffer): number {
  return column.readInt32LE(0);
}

function send(agent: Agent, port: number, path: string, body: string): Promise<[number, string]> {
  return new Promise((resolve, reject) => {
    const headers = { ...HEADERS, "content-type": "application/json" };
    const options = { agent, port, host: "127.0.0.1", path, method: "POST", headers };
    const outgoing = request({ ...options, timeout: DEADLINE_MS }, (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        resolve([response.statusCode ?? 0, Buffer.concat(chunks).toString()]);
      });
      response.on("error", reject);
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error("timeout")));
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** What a load did while something happened to the server. */
export class Load {
  /** Values whose write was answered, by key. */
  readonly written = new Map<string, number>();
  /** Calls that failed although a server had accepted the connection, as text. */
  readonly failures: string[] = [];
  /** By loop: how many calls failed. */
  readonly failuresByLoop: number[] = [];
  okCount = 0;
  /** The Redis behind these servers is shared: nobody else writes keys with this. */
  readonly #prefix = randomUUID();
  #isStopped = false;
  #loops: Promise<void>[] = [];

  /** Starts `loopsPerCaller` endless loops on each of the callers: a write, then a read of what it wrote. */
  constructor(callers: readonly Caller[], loopsPerCaller: number) {
    for (const [c, caller] of callers.entries()) {
      for (let l = 0; l < loopsPerCaller; l += 1)
        this.#loops.push(this.#loop(caller, `${this.#prefix}-${c}-${l}`));
    }
  }

  /** Resolves when so many more calls have succeeded. */
  async succeed(count: number): Promise<void> {
    const target = this.okCount + count;
    while (this.okCount < target) await pause();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#loops);
  }

  /** @throws {Error} if a write that was answered is not there */
  async verify(caller: Caller): Promise<void> {
    for (const [key, value] of this.written) {
      const read = await caller.read(key);
      if (read !== value) throw new Error(`${key} is ${read}, not ${value} as written`);
    }
  }

  async #loop(caller: Caller, name: string): Promise<void> {
    const index = this.failuresByLoop.push(0) - 1;
    for (let round = 1; !this.#isStopped; round += 1) {
      const key = `${name}-${round % 50}`;
      const isWritten = await this.#try(index, async () => {
        await caller.write(key, round);
        this.written.set(key, round);
      });
      // Whether the store has taken it nobody knows.
      if (!isWritten) this.written.delete(key);
      else {
        await this.#try(index, async () => {
          const read = await caller.read(key);
          if (read !== round) throw new Error(`${key} is ${read}, not ${round} as just written`);
        });
      }
      await pause();
    }
  }

  async #try(loop: number, call: () => Promise<void>): Promise<boolean> {
    try {
      await call();
      this.okCount += 1;
      return true;
    } catch (error) {
      if (!isRefused(error)) {
        this.failures.push(String(error));
        this.failuresByLoop[loop] = (this.failuresByLoop[loop] ?? 0) + 1;
      }
      return false;
    }
  }
}

/** Nobody listened: no server has accepted the call. */
function isRefused(error: unknown): boolean {
  return /ECONNREFUSED|No connection established/.test(String(error));
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, PAUSE_MS);
  });
}
