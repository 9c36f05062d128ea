import {
  type ChannelCredentials,
  Client,
  credentials,
  Metadata,
  type ServiceError,
} from "@grpc/grpc-js";
import { persist, retrieve } from "@ofs/proto";
import { CALLER_ID, CALLER_TOKEN } from "./scenario-tree.ts";

const RETRIEVE = "/retrieve.FeatureService/RetrieveFeatures";
const RETRIEVE_DECODED = "/retrieve.FeatureService/RetrieveDecodedResult";
const PERSIST = "/persist.FeatureService/PersistFeatures";
const DEADLINE_MS = 20_000;

/** Feature labels by group, in the request's order. */
export type Asked = Readonly<Record<string, readonly string[]>>;

/** A plain gRPC client of the published messages: no code of the server in between. */
export class ScenarioClient {
  readonly #client: Client;
  readonly #deadlineMs: number;
  readonly headers = new Map<string, string>([
    ["online-feature-store-caller-id", CALLER_ID],
    ["online-feature-store-auth-token", CALLER_TOKEN],
  ]);

  /** @param deadlineMs of each call */
  constructor(
    address: string,
    channel: ChannelCredentials = credentials.createInsecure(),
    deadlineMs = DEADLINE_MS,
  ) {
    this.#deadlineMs = deadlineMs;
    this.#client = new Client(address, channel, { "grpc.max_receive_message_length": -1 });
  }

  async retrieve(query: retrieve.IQuery): Promise<retrieve.Result> {
    const request = retrieve.Query.encode(query).finish();
    return retrieve.Result.decode(await this.call(RETRIEVE, request));
  }

  /** @returns columns in hex, row by row */
  async hex(
    entity: string,
    keysSchema: string[],
    asked: Asked,
    ...keys: string[][]
  ): Promise<string[][]> {
    const { rows } = await this.retrieve(queryOf(entity, keysSchema, asked, keys));
    return rows.map((row) => (row.columns ?? []).map((c) => Buffer.from(c).toString("hex")));
  }

  async texts(
    entity: string,
    keysSchema: string[],
    asked: Asked,
    ...keys: string[][]
  ): Promise<string[][]> {
    const request = retrieve.Query.encode(queryOf(entity, keysSchema, asked, keys)).finish();
    const { rows } = retrieve.DecodedResult.decode(await this.call(RETRIEVE_DECODED, request));
    return rows.map((row) => row.columns ?? []);
  }

  async persist(query: persist.IQuery): Promise<string> {
    const response = await this.call(PERSIST, persist.Query.encode(query).finish());
    return persist.Result.decode(response).message;
  }

  persistBytes(request: Uint8Array): Promise<Buffer> {
    return this.call(PERSIST, request);
  }

  call(method: string, request: Uint8Array): Promise<Buffer> {
    const metadata = new Metadata();
    for (const [name, value] of this.headers) metadata.set(name, value);
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        method,
        (bytes: Uint8Array) => Buffer.from(bytes),
        (bytes: Buffer) => bytes,
        request,
        metadata,
        { deadline: Date.now() + this.#deadlineMs },
        (error: ServiceError | null, response?: Buffer) => {
          if (error !== null) reject(error);
          else resolve(response ?? Buffer.alloc(0));
        },
      );
    });
  }

  close(): void {
    this.#client.close();
  }
}

export function queryOf(
  entity: string,
  keysSchema: string[],
  asked: Asked,
  keys: readonly (readonly string[])[],
): retrieve.IQuery {
  return {
    entityLabel: entity,
    keysSchema,
    featureGroups: Object.entries(asked).map(([label, labels]) => ({
      label,
      featureLabels: [...labels],
    })),
    keys: keys.map((cols) => ({ cols: [...cols] })),
  };
}

/** A write of some groups; `rows` give the key and one `Values` a group. */
export function writeOf(
  entity: string,
  keysSchema: string[],
  asked: Asked,
  ...rows: readonly (readonly [readonly string[], ...(persist.IValues | undefined)[]])[]
): persist.IQuery {
  return {
    entityLabel: entity,
    keysSchema,
    featureGroupSchema: Object.entries(asked).map(([label, labels]) => ({
      label,
      featureLabels: [...labels],
    })),
    data: rows.map(([keyValues, ...values]) => ({
      keyValues: [...keyValues],
      featureValues: values.map((v) => (v === undefined ? {} : { values: v })),
    })),
  };
}
