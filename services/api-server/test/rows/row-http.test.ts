import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { MemoryRegistrySource } from "@ofs/registry";
import { waitUntil } from "@ofs/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { entityOf, groupOf } from "../../../../packages/rows/test/support/row-objects.ts";
import { HttpRowAdmin } from "../../src/rows/row-admin.ts";
import { credentialsOf } from "../support/test-api.ts";
import { type RowServer, startRowServer } from "./support/row-server.ts";

const READ = "/feature-group/read-features";
const WRITE = "/feature-group/write-features-v2";
const PARTITION = "/feature-group/read-partition";

async function open(...args: Parameters<typeof startRowServer>): Promise<RowServer> {
  const server = await startRowServer(...args);
  await server.register(
    [entityOf("e", { id: "INT", rank: "INT" }, ["id", "rank"])],
    [groupOf("g", "e", { v: "TEXT" })],
  );
  return server;
}

function writeOf(values: unknown[][]) {
  return { featureGroupName: "g", features: { names: ["id", "rank", "v"], values } };
}

function readOf(id: number) {
  return {
    featureGroupName: "g",
    featureColumns: ["v"],
    primaryKeys: { names: ["id"], values: [[id]] },
  };
}

function partitionOf(id: number) {
  return {
    featureGroupName: "g",
    featureColumns: ["rank", "v"],
    partitionKey: { names: ["id"], values: [id] },
  };
}

/** A connection whose bytes the test writes. */
async function rawConnection({ server }: RowServer): Promise<Socket> {
  const socket = connect(server.rowPort ?? 0, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  return socket;
}

function requestBytes(method: string, path: string, body: unknown, headers: string[] = []): string {
  const text = JSON.stringify(body);
  const head = [
    `${method} ${path} HTTP/1.1`,
    "host: x",
    `content-length: ${Buffer.byteLength(text)}`,
    ...headers,
  ];
  return `${head.join("\r\n")}\r\n\r\n${text}`;
}

async function putPartition(row: RowServer, count: number, value: string): Promise<void> {
  for (let from = 0; from < count; from += 5_000) {
    const size = Math.min(5_000, count - from);
    const values = Array.from({ length: size }, (_, index) => [1, from + index, value]);
    const { status } = await row.ask("POST", WRITE, writeOf(values));
    expect(status).toBe(200);
  }
}

describe("HTTP as clients speak it", () => {
  test("a body without a length, under any content type, with a question mark behind the path", async () => {
    const row = await open();
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const { status } = await row.ask("POST", `${WRITE}?`, writeOf([[1, 1, "a"]]), headers);
    expect(status).toBe(200);
    const socket = await rawConnection(row);
    const text = JSON.stringify(readOf(1));
    const chunks = [text.slice(0, 10), text.slice(10), ""];
    const body = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join("");
    socket.write(`GET ${READ} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${body}`);
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(answer.toString()).toContain('"features":["a"]');
  });

  test("one connection serves many requests, also where they come at once", async () => {
    const row = await open();
    await row.ask("POST", WRITE, writeOf([[1, 1, "a"]]));
    const socket = await rawConnection(row);
    let seen = "";
    socket.on("data", (bytes: Buffer) => {
      seen += bytes.toString();
    });
    const bad = requestBytes("GET", READ, { featureGroupName: "nope" });
    socket.write(requestBytes("GET", READ, readOf(1)) + bad + requestBytes("GET", READ, readOf(1)));
    await waitUntil(() => seen.match(/"features":\["a"\]/g)?.length === 2, {
      what: "both answers",
    });
    expect(seen).toContain("HTTP/1.1 400");
    expect(seen).not.toMatch(/connection: close/i);
  });

  test("a connection that is cut in its body harms nobody", async () => {
    const row = await open();
    const socket = await rawConnection(row);
    socket.write(requestBytes("POST", WRITE, writeOf([[1, 1, "a"]])).slice(0, -5));
    socket.destroy();
    await once(socket, "close");
    expect((await row.ask("GET", READ, readOf(1))).json.data.failedKeys).toEqual([[1]]);
  });

  test("deep nesting and compressed bodies are refused", async () => {
    const row = await open();
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    expect((await row.ask("POST", WRITE, deep)).status).toBe(400);
    const headers = { "content-encoding": "gzip" };
    expect((await row.ask("POST", WRITE, "{}", headers)).status).toBe(415);
  });

  test("a body of many rows", async () => {
    const row = await open();
    const values = Array.from({ length: 20_000 }, (_, index) => [index, 1, "x".repeat(100)]);
    const { status, json } = await row.ask("POST", WRITE, writeOf(values));
    expect(status).toBe(200);
    expect(json.data.successfulRows).toHaveLength(values.length);
  });
});

describe("a large partition", () => {
  const COUNT = 30_000;

  test("is streamed whole, on either port", async () => {
    const row = await open();
    await putPartition(row, COUNT, "x".repeat(20));
    const { headers, json } = await row.ask("GET", PARTITION, partitionOf(1));
    expect(headers["transfer-encoding"]).toBe("chunked");
    expect(json.data.features).toHaveLength(COUNT);
    expect(json.data.features.at(-1)).toEqual([COUNT - 1, "x".repeat(20)]);
    const main = await fetch(`http://127.0.0.1:${row.server.port}${PARTITION}`, {
      method: "POST",
      body: JSON.stringify(partitionOf(1)),
    });
    expect(((await main.json()) as typeof json).data.features).toHaveLength(COUNT);
  });

  test("waits for a caller that does not read, and ends with one that goes", async () => {
    const row = await open();
    await putPartition(row, COUNT, "x".repeat(500));
    const socket = await rawConnection(row);
    socket.pause();
    socket.write(requestBytes("GET", PARTITION, partitionOf(1)));
    const inFlight = async (): Promise<string | undefined> =>
      /^ofs_grpc_server_requests_in_flight (\d+)/m.exec(
        (await row.ask("GET", "/metrics")).text,
      )?.[1];
    await waitUntil(async () => (await inFlight()) === "1", { what: "the call under way" });
    const rowSizes = async (): Promise<number> => {
      const { text } = await row.ask("GET", "/metrics");
      return Number(
        /^ofs_feature_group_partition_read_row_size_bytes_count\S* (\d+)/m.exec(text)?.[1],
      );
    };
    let readCount = -1;
    const hasStopped = async (): Promise<boolean> => {
      const before = readCount;
      readCount = await rowSizes();
      return readCount > 0 && readCount === before;
    };
    await waitUntil(hasStopped, { what: "its rest", timeoutMs: 60_000, intervalMs: 300 });
    expect(readCount).toBeLessThan(COUNT);
    socket.destroy();
    await waitUntil(async () => (await inFlight()) === "0", {
      what: "the call's end",
      timeoutMs: 30_000,
    });
  });
});

describe("credentials", () => {
  const registrySource = () =>
    new MemoryRegistrySource({
      "security/reader/ranker": '{"token":"ranker-token"}',
    });

  test("are not asked for by default", async () => {
    const row = await open();
    expect((await row.ask("GET", READ, readOf(1))).status).toBe(200);
  });

  test("are checked where that is switched on", async () => {
    const row = await open({ ROW_AUTH_ENABLED: "true" }, { registrySource: registrySource() });
    const as = (caller: string, token?: string) => credentialsOf(caller, token);
    const statusOf = async (path: string, body: unknown, headers = {}): Promise<unknown> => {
      const { status, json } = await row.ask("POST", path, body, headers);
      return status === 200 ? 200 : [status, json.error.code];
    };
    expect(await statusOf(READ, readOf(1))).toEqual([400, "INVALID_ARGUMENT"]);
    expect(await statusOf(READ, readOf(1), as("ranker", "wrong"))).toEqual([
      401,
      "UNAUTHENTICATED",
    ]);
    expect(await statusOf(READ, readOf(1), as("ranker"))).toBe(200);
    expect(await statusOf(WRITE, writeOf([[1, 1, "a"]]), as("ranker"))).toBe(200);
    expect((await row.ask("GET", "/healthcheck")).status).toBe(200);
  });
});

describe("the control plane over HTTP", () => {
  test("is asked with a body, and its answer told", async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      request
        .setEncoding("utf8")
        .on("data", (text: string) => asked.push(`${request.method} ${request.url} ${text}`));
      request.on("end", () => response.writeHead(400).end('{"error":{}}'));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const admin = new HttpRowAdmin(`http://127.0.0.1:${port}/`);
    expect(await admin.post("/entity", "{}")).toEqual({ status: 400, body: '{"error":{}}' });
    expect(asked).toEqual(["POST /entity {}"]);
    server.closeAllConnections();
    server.close();
    await once(server, "close");
    await expect(admin.post("/entity", "{}")).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });
});
