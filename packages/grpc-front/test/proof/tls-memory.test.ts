import { mkdtemp, readFile, rm } from "node:fs/promises";
import { type ClientHttp2Session, connect } from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type TLSSocket } from "node:tls";
import { createFront } from "@ofs/grpc-front";
import { createLogger } from "@ofs/platform";
import { createTestCertificates } from "@ofs/testkit";
import { expect, test } from "vitest";
import { grpcMessage } from "./support/frames.ts";
import { proofRoutes, SERVICE } from "./support/proof-routes.ts";

const CALLS = 20;
/**
 * Answers here are short: what is kept for one until TLS has sent it comes from Node's pool of short buffers (up to 64
 * KiB, for many of them), and not from the memory that gathers answers (128 KiB, for this one alone).
 */
const MAX_KEPT_BYTES = 100_000;

function call(session: ClientHttp2Session, message: Buffer): Promise<Buffer> {
  const headers = { "content-type": "application/grpc", te: "trailers" };
  const stream = session.request({ ":method": "POST", ":path": `${SERVICE}/Echo`, ...headers });
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  stream.end(message);
  return new Promise((resolve, reject) => {
    stream.once("end", () => resolve(Buffer.concat(chunks)));
    stream.once("error", reject);
  });
}

test("over TLS an answer waits in memory of its own size, not in the memory that gathers answers", async () => {
  const folder = await mkdtemp(join(tmpdir(), "front-tls-"));
  const { ca, server: pair } = await createTestCertificates(folder);
  const front = createFront({
    routes: proofRoutes({ cancelled: 0, deadline: 0, hanging: 0 }),
    log: createLogger({ service: "proof", level: "ERROR" }),
  });
  const keptBytes: number[] = [];
  const options = {
    cert: await readFile(pair.cert),
    key: await readFile(pair.key),
    ALPNProtocols: ["h2"],
  };
  const server = createServer(options, (socket: TLSSocket) => {
    const { write } = socket;
    socket.write = (chunk: Uint8Array) => {
      keptBytes.push(chunk.buffer.byteLength);
      return write.call(socket, chunk);
    };
    front.accept(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  const session = connect(`https://localhost:${port}`, { ca: await readFile(ca) });
  try {
    const messages = Array.from({ length: CALLS }, (_, i) => grpcMessage(Buffer.alloc(i * 9, i)));
    const answers = await Promise.all(messages.map((message) => call(session, message)));
    expect(answers).toEqual(messages);
    expect(Math.max(...keptBytes)).toBeLessThan(MAX_KEPT_BYTES);
  } finally {
    session.destroy();
    front.destroy();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  }
});
