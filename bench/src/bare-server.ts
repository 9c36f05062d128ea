import { Server, ServerCredentials } from "@grpc/grpc-js";
import { readRetrieveQuery, retrieve } from "@ofs/proto";

/*
 * The yardstick: a bare grpc-js server that decodes the query with our reader and answers rows of 20 constant
 * columns, encoded before. No registry, store, cache, auth or metrics: what the transport alone costs.
 */

const COLUMN_COUNT = 20;
const answers = new Map<number, Buffer>();

function answerOf(keyCount: number): Buffer {
  const known = answers.get(keyCount);
  if (known !== undefined) return known;
  const columns = Array.from({ length: COLUMN_COUNT }, () => new Uint8Array(4));
  const rows = Array.from({ length: keyCount }, () => ({ keys: ["user-1000"], columns }));
  const answer = Buffer.from(retrieve.Result.encode({ entityLabel: "user", rows }).finish());
  answers.set(keyCount, answer);
  return answer;
}

const server = new Server();
server.addService(
  {
    retrieve: {
      path: "/retrieve.FeatureService/RetrieveFeatures",
      requestStream: false,
      responseStream: false,
      requestSerialize: (bytes: Buffer) => bytes,
      requestDeserialize: (bytes: Buffer) => bytes,
      responseSerialize: (bytes: Buffer) => bytes,
      responseDeserialize: (bytes: Buffer) => bytes,
    },
  },
  {
    retrieve: (
      call: { request: Buffer },
      callback: (error: null, response: Buffer) => void,
    ): void => {
      callback(null, answerOf(readRetrieveQuery(call.request).keyCount));
    },
  },
);
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  process.stdout.write(`listening on ${port}\n`);
});
