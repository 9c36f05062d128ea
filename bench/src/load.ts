import { type ClientHttp2Session, connect } from "node:http2";
import process from "node:process";

/*
 * A process of its own. A cheap gRPC client on node:http2: a few connections, each with a few calls in flight, over requests that were
 * encoded before. It counts and times; it does not decode answers.
 */

export interface LoadOrder {
  readonly address: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Framed messages, asked in turn. */
  readonly requests: readonly Uint8Array[];
  readonly callCount: number;
  readonly connectionCount: number;
  readonly streamsPerConnection: number;
}

export interface LoadResult {
  readonly seconds: number;
  readonly responseBytes: number;
  readonly failureCount: number;
  /** Milliseconds, one a call. */
  readonly latenciesMs: Float64Array;
}

async function run(order: LoadOrder): Promise<LoadResult> {
  const sessions = Array.from({ length: order.connectionCount }, () =>
    connect(`http://${order.address}`),
  );
  const latenciesMs = new Float64Array(order.callCount);
  let next = 0;
  let responseBytes = 0;
  let failureCount = 0;
  const lane = async (session: ClientHttp2Session): Promise<void> => {
    for (let call = next++; call < order.callCount; call = next++) {
      const startedAt = performance.now();
      const { size, status } = await callOnce(session, order, call);
      latenciesMs[call] = performance.now() - startedAt;
      responseBytes += size;
      if (status !== "0") failureCount += 1;
    }
  };
  const startedAt = performance.now();
  await Promise.all(
    sessions.flatMap((session) =>
      Array.from({ length: order.streamsPerConnection }, () => lane(session)),
    ),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  for (const session of sessions) session.close();
  return { seconds, responseBytes, failureCount, latenciesMs };
}

function callOnce(
  session: ClientHttp2Session,
  order: LoadOrder,
  call: number,
): Promise<{ size: number; status: string }> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ":method": "POST",
      ":path": order.method,
      "content-type": "application/grpc",
      te: "trailers",
      ...order.headers,
    });
    let size = 0;
    let status = "";
    stream.on("response", (headers) => {
      status = String(headers["grpc-status"] ?? status);
    });
    stream.on("trailers", (trailers) => {
      status = String(trailers["grpc-status"] ?? status);
    });
    stream.on("data", (chunk: Buffer) => {
      size += chunk.length;
    });
    stream.on("end", () => resolve({ size, status }));
    stream.on("error", reject);
    stream.end(order.requests[call % order.requests.length]);
  });
}

process.once("message", (order: LoadOrder) => {
  run(order).then(
    (result) => process.send?.(result, () => process.disconnect()),
    (error: unknown) => {
      throw error;
    },
  );
});
