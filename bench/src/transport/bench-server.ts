/* One of Node's servers under measurement, on a free port: `front`, `grpc-js` or `http2`. */
import { createServer as createHttp2Server, type ServerHttp2Stream } from "node:http2";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createFront } from "@ofs/grpc-front";
import { createLogger } from "@ofs/platform";
import { CallQueue, OVERLOAD_TEXT } from "../../../services/api-server/src/transport/call-queue.ts";
import { GrpcServer } from "../../../services/api-server/src/transport/grpc-server.ts";
import { shedStreams } from "../../../services/api-server/src/transport/shed-streams.ts";
import { BENCH_ROUTES, METHODS } from "./bench-methods.ts";

const log = createLogger({ service: "bench", level: "WARN" });
const MAX_REQUEST_BYTES = 4 * 1024 * 1024;
const KEEPALIVE = { keepaliveTimeMs: 20_000, keepaliveTimeoutMs: 10_000 };

function frontServer(): Server {
  const front = createFront({
    routes: BENCH_ROUTES,
    admission: {
      refusalText: OVERLOAD_TEXT,
      admits: (path) => path !== METHODS.refused.path,
    },
    log,
  });
  return createServer({ noDelay: true }, (socket) => front.accept(socket));
}

/** Lets nobody in. */
class FullQueue extends CallQueue {
  override get length(): number {
    return 1;
  }

  override admits(): boolean {
    return false;
  }
}

function grpcJsServer(): Server {
  const shed = shedStreams(new FullQueue({ maxWaitMs: 0 }));
  const server = new GrpcServer(BENCH_ROUTES, {
    ...KEEPALIVE,
    maxRequestBytes: MAX_REQUEST_BYTES,
    maxConcurrentStreams: 1_000,
    takeOver: (stream, headers, ...rest) =>
      headers[":path"] === METHODS.refused.path && shed(stream, headers, ...rest),
    log,
  });
  return createServer({ noDelay: true }, (socket: Socket) => server.accept(socket));
}

/** gRPC with as little as node:http2 allows. */
function http2Server(): Server {
  const server = createHttp2Server();
  server.on("stream", (stream: ServerHttp2Stream, headers) => {
    const handler = BENCH_ROUTES.get(headers[":path"] ?? "");
    const chunks: Buffer[] = [];
    stream.on("error", () => stream.destroy());
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("end", () => void answer(stream, handler, Buffer.concat(chunks)));
  });
  return server;
}

async function answer(
  stream: ServerHttp2Stream,
  handler: ReturnType<typeof BENCH_ROUTES.get>,
  body: Buffer,
): Promise<void> {
  const call = { method: "", header: () => undefined, deadlineMs: Number.POSITIVE_INFINITY };
  const { signal } = new AbortController();
  const reply = handler?.({ ...call, signal, request: body.subarray(5) });
  const { response } = (reply instanceof Promise ? await reply : reply) ?? { response: body };
  const message = Buffer.allocUnsafe(5 + response.length);
  message[0] = 0;
  message.writeUInt32BE(response.length, 1);
  message.set(response, 5);
  if (stream.destroyed) return;
  const headers = { ":status": 200, "content-type": "application/grpc" };
  stream.respond(headers, { waitForTrailers: true });
  stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.end(message);
}

const SERVERS: Readonly<Record<string, () => Server>> = {
  front: frontServer,
  "grpc-js": grpcJsServer,
  http2: http2Server,
};

const open = SERVERS[process.argv[2] ?? ""];
if (open === undefined) throw new Error(`name one of ${Object.keys(SERVERS).join(", ")}`);
const server = open();
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`listening on ${(server.address() as AddressInfo).port}\n`);
});
