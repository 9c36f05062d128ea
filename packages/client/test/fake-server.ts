import {
  type Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import { type ClientOptions, createClient, type OfsClient } from "@ofs/client";
import { grpc, ofs, persist, retrieve } from "@ofs/proto";

export const METHODS = {
  retrieve: "/retrieve.FeatureService/RetrieveFeatures",
  decoded: "/retrieve.FeatureService/RetrieveDecodedResult",
  persist: "/persist.FeatureService/PersistFeatures",
  describe: "/ofs.v1.SchemaService/DescribeEntities",
  health: "/grpc.health.v1.Health/Check",
} as const;

type Method = (typeof METHODS)[keyof typeof METHODS];

/** One request as the server saw it. */
export interface SeenCall {
  readonly method: Method;
  readonly request: Buffer;
  readonly metadata: Metadata;
  /** Unix milliseconds. */
  readonly deadlineMs: number;
  readonly isCancelled: () => boolean;
  /** Resolves when the client cancels. */
  readonly cancelled: Promise<void>;
}

type StatusCode = Exclude<keyof typeof status, "OK">;

/** What the server answers instead of its answer. */
export class Refusal extends Error {
  readonly code: StatusCode;

  constructor(code: StatusCode, details: string) {
    super(details);
    this.code = code;
  }
}

/**
 * A server of the published services on a loopback socket, its messages made by the generated code. Tests set
 * what it holds and may step in before each answer.
 */
export class FakeServer {
  readonly calls: SeenCall[] = [];
  schema: ofs.v1.DescribeResult.$Properties = {};
  healthStatus: grpc.health.v1.HealthCheckResponse.ServingStatus = 1;
  /** Bytes of one column; `label` is as asked for. */
  column: (keys: readonly string[], group: string, label: string) => Uint8Array = () =>
    Buffer.alloc(0);
  /** Runs before each answer: may wait, throw a {@link Refusal}, or give another answer. */
  // biome-ignore lint/suspicious/noConfusingVoidType: most interceptors answer nothing
  intercept: (call: SeenCall) => Promise<Uint8Array | void> | Uint8Array | void = () => undefined;
  readonly #server = new Server();
  #port = 0;

  static async start(credentials = ServerCredentials.createInsecure()): Promise<FakeServer> {
    const fake = new FakeServer();
    await fake.listen(credentials);
    return fake;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  client(options: Partial<ClientOptions> = {}): OfsClient {
    return createClient({
      address: this.address,
      callerId: "tests",
      callerToken: "secret",
      retry: { attempts: 1 },
      ...options,
    });
  }

  callsOf(method: Method): SeenCall[] {
    return this.calls.filter((call) => call.method === method);
  }

  /** Retrieve queries so far. */
  queries(): retrieve.Query[] {
    return this.callsOf(METHODS.retrieve).map(({ request }) => retrieve.Query.decode(request));
  }

  /** Persist queries so far. */
  writes(): persist.Query[] {
    return this.callsOf(METHODS.persist).map(({ request }) => persist.Query.decode(request));
  }

  stop(): void {
    this.#server.forceShutdown();
  }

  async listen(credentials = ServerCredentials.createInsecure()): Promise<void> {
    const answers: Record<Method, (request: Buffer) => Uint8Array> = {
      [METHODS.retrieve]: (request) => this.#retrieve(request),
      [METHODS.decoded]: (request) => this.#retrieveDecoded(request),
      [METHODS.persist]: () =>
        persist.Result.encode({ message: "Data Persisted Successfully" }).finish(),
      [METHODS.describe]: (request) => this.#describe(request),
      [METHODS.health]: () =>
        grpc.health.v1.HealthCheckResponse.encode({ status: this.healthStatus }).finish(),
    };
    for (const [method, answer] of Object.entries(answers)) {
      this.#server.register(
        method,
        (call: ServerUnaryCall<Buffer, Buffer>, reply: sendUnaryData<Buffer>) =>
          void this.#answer(method as Method, answer, call, reply),
        (bytes: Buffer) => bytes,
        (bytes: Buffer) => bytes,
        "unary",
      );
    }
    this.#port = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync("127.0.0.1:0", credentials, (error, port) =>
        error === null ? resolve(port) : reject(error),
      );
    });
  }

  async #answer(
    method: Method,
    answer: (request: Buffer) => Uint8Array,
    call: ServerUnaryCall<Buffer, Buffer>,
    reply: sendUnaryData<Buffer>,
  ): Promise<void> {
    const seen: SeenCall = {
      method,
      request: call.request,
      metadata: call.metadata,
      deadlineMs: Number(call.getDeadline()),
      isCancelled: () => call.cancelled,
      cancelled: new Promise((resolve) => call.once("cancelled", () => resolve())),
    };
    this.calls.push(seen);
    try {
      const other = await this.intercept(seen);
      reply(null, Buffer.from(other ?? answer(call.request)));
    } catch (error) {
      const code = error instanceof Refusal ? error.code : "INTERNAL";
      reply({ code: status[code], details: String((error as Error).message) });
    }
  }

  #retrieve(request: Buffer): Uint8Array {
    const query = retrieve.Query.decode(request);
    const rows = query.keys.map(({ cols }) => ({
      keys: cols ?? [],
      columns: eachFeature(query, (group, label) => this.column(cols ?? [], group, label)),
    }));
    return retrieve.Result.encode({ ...query, featureSchemas: schemasOf(query), rows }).finish();
  }

  /** Each text is that of the column's bytes. */
  #retrieveDecoded(request: Buffer): Uint8Array {
    const query = retrieve.Query.decode(request);
    const rows = query.keys.map(({ cols }) => ({
      keys: cols ?? [],
      columns: eachFeature(query, (group, label) =>
        Buffer.from(this.column(cols ?? [], group, label)).toString(),
      ),
    }));
    const { keysSchema } = query;
    const result = { keysSchema, featureSchemas: schemasOf(query), rows };
    return retrieve.DecodedResult.encode(result).finish();
  }

  #describe(request: Buffer): Uint8Array {
    const { entityLabels } = ofs.v1.DescribeRequest.decode(request);
    const all = this.schema.entities ?? [];
    const unknown = entityLabels.find((label) => all.every((entity) => entity.label !== label));
    if (unknown !== undefined) throw new Refusal("NOT_FOUND", `entity ${unknown} not found`);
    const entities =
      entityLabels.length === 0
        ? all
        : all.filter(({ label }) => entityLabels.includes(label ?? ""));
    return ofs.v1.DescribeResult.encode({ ...this.schema, entities }).finish();
  }
}

function eachFeature<T>(query: retrieve.Query, make: (group: string, label: string) => T): T[] {
  return query.featureGroups.flatMap(({ label, featureLabels }) =>
    (featureLabels ?? []).map((feature) => make(label ?? "", feature)),
  );
}

function schemasOf(query: retrieve.Query): retrieve.FeatureSchema.$Properties[] {
  let columnIdx = 0;
  return query.featureGroups.map(({ label, featureLabels }) => ({
    featureGroupLabel: label ?? "",
    features: (featureLabels ?? []).map((feature) => ({
      label: feature.replace(/^([^@]*)@[^@]+$/, "$1"),
      columnIdx: columnIdx++,
    })),
  }));
}

/** A group of the schema in the fewest words; lengths as the registry gives them. */
export function group(
  label: string,
  dataType: string,
  features: Readonly<Record<string, { vectorLength?: number; stringLength?: number }>>,
): ofs.v1.GroupSchema.$Properties {
  return {
    label,
    dataType,
    activeVersion: 1,
    features: Object.entries(features).map(([feature, lengths]) => ({
      label: feature,
      vectorLength: 1,
      stringLength: 0,
      ...lengths,
    })),
  };
}

/** The schema of most tests: entity `user` with two keys. */
export function userSchema(
  revision: number,
  ...groups: ofs.v1.GroupSchema.$Properties[]
): ofs.v1.DescribeResult.$Properties {
  return ofs.v1.DescribeResult.fromObject({
    registryRevision: revision,
    entities: [{ label: "user", keyLabels: ["user_id", "city"], groups }],
  });
}

/** @returns the error that a call rejects with */
export async function failureOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error("the call did not fail");
}

export function float32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}
