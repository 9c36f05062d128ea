import { Metadata, Server, ServerCredentials, type ServiceError } from "@grpc/grpc-js";
import { type Answer, Target } from "@ofs/differential";
import { persist, retrieve } from "@ofs/proto";

/** What a fake server does: an answer to each of the three calls. */
export interface FakeBehaviour {
  retrieve?(query: retrieve.Query): Partial<Answer> | retrieve.IResult;
  decoded?(query: retrieve.Query): Partial<Answer> | retrieve.IDecodedResult;
  persist?(query: persist.Query): Partial<Answer>;
}

export interface FakeServer {
  readonly target: Target;
  readonly address: string;
  close(): void;
}

/** A server of the published calls that keeps nothing: one column of four zero bytes for each label. */
export async function startFakeServer(
  behaviour: FakeBehaviour = {},
  channel: ServerCredentials = ServerCredentials.createInsecure(),
): Promise<FakeServer> {
  const server = new Server();
  const add = (path: string, answer: (bytes: Buffer) => Partial<Answer>): void => {
    const [, service = "", method = ""] = path.split("/");
    const bytes = (each: Uint8Array): Buffer => Buffer.from(each);
    const definition = {
      path,
      requestStream: false,
      responseStream: false,
      requestSerialize: bytes,
      requestDeserialize: bytes,
      responseSerialize: bytes,
      responseDeserialize: bytes,
    };
    server.addService(
      { [`${service}.${method}`]: definition },
      {
        [`${service}.${method}`]: (
          call: { request: Buffer },
          reply: (
            error: Partial<ServiceError> | null,
            value?: Uint8Array,
            trailers?: Metadata,
          ) => void,
        ) => {
          const { code = 0, message = "", trailers = {}, response } = answer(call.request);
          const metadata = new Metadata();
          for (const [name, value] of Object.entries(trailers)) metadata.set(name, value);
          if (code !== 0) reply({ code, details: message, metadata } as Partial<ServiceError>);
          else reply(null, response ?? new Uint8Array(0), metadata);
        },
      },
    );
  };
  add("/retrieve.FeatureService/RetrieveFeatures", (bytes) => {
    const query = retrieve.Query.decode(bytes);
    const own = behaviour.retrieve?.(query) ?? resultOf(query);
    return isAnswer(own) ? own : { response: retrieve.Result.encode(own).finish() };
  });
  add("/retrieve.FeatureService/RetrieveDecodedResult", (bytes) => {
    const query = retrieve.Query.decode(bytes);
    const own = behaviour.decoded?.(query) ?? decodedOf(query);
    return isAnswer(own) ? own : { response: retrieve.DecodedResult.encode(own).finish() };
  });
  add("/persist.FeatureService/PersistFeatures", (bytes) => {
    const query = persist.Query.decode(bytes);
    const done = { response: persist.Result.encode({ message: "done" }).finish() };
    return behaviour.persist?.(query) ?? done;
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", channel, (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  const address = `127.0.0.1:${port}`;
  const target = new Target({ address, callerId: "c", token: "t", deadlineMs: 5_000 });
  return {
    target,
    address,
    close() {
      target.close();
      server.forceShutdown();
    },
  };
}

function isAnswer(value: object): value is Partial<Answer> {
  return "code" in value || "response" in value;
}

/** The answer of a server that holds nothing. */
export function resultOf(query: retrieve.Query): retrieve.IResult {
  const labels = query.featureGroups.flatMap(({ featureLabels }) => featureLabels ?? []);
  return {
    entityLabel: query.entityLabel,
    keysSchema: query.keysSchema,
    rows: query.keys.map(({ cols }) => ({
      keys: cols ?? [],
      columns: labels.map(() => Buffer.alloc(4)),
    })),
  };
}

function decodedOf(query: retrieve.Query): retrieve.IDecodedResult {
  const labels = query.featureGroups.flatMap(({ featureLabels }) => featureLabels ?? []);
  return {
    keysSchema: query.keysSchema,
    rows: query.keys.map(({ cols }) => ({ keys: cols ?? [], columns: labels.map(() => "0") })),
  };
}
