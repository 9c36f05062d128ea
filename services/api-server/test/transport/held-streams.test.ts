import { once } from "node:events";
import { connect } from "node:net";
import { createLogger, type UnaryHandler } from "@ofs/platform";
import { afterEach, describe, expect, test } from "vitest";
import { DEFAULT_HELD_LIMITS, type HeldLimits } from "../../src/transport/held-streams.ts";
import { SharedPort } from "../../src/transport/shared-port.ts";
import { frame } from "../hostile/grpc-cases.ts";
import { HostileConnection } from "../hostile/hostile-connection.ts";
import { frameOf, headerBlock, PREFACE } from "../hostile/http2-bytes.ts";
import { createRpcServer, TRANSPORTS } from "../support/test-front.ts";

describe.each(TRANSPORTS)("%s", (transport) => {
  const ECHO = "/test.Service/Echo";
  const HEADERS = [
    [":method", "POST"],
    [":scheme", "http"],
    [":path", ECHO],
    [":authority", "x"],
    ["content-type", "application/grpc"],
  ] as const;
  const DEADLINE_EXCEEDED = "4";
  const RESOURCE_EXHAUSTED = "8";

  let stop: (() => Promise<void>) | undefined;

  afterEach(async () => {
    await stop?.();
  });

  async function open(limits: Partial<HeldLimits>) {
    const faults: string[] = [];
    let onFault: () => void = () => undefined;
    const faulted = new Promise<void>((resolve) => {
      onFault = resolve;
    });
    const echo: UnaryHandler = (call) => ({ response: call.request });
    const server = createRpcServer(transport, new Map([[ECHO, echo]]), {
      maxRequestBytes: 1_000_000,
      maxConcurrentStreams: 100,
      keepaliveTimeMs: 60_000,
      keepaliveTimeoutMs: 60_000,
      heldLimits: { ...DEFAULT_HELD_LIMITS, ...limits },
      onStreamFault(fault) {
        faults.push(fault);
        onFault();
      },
      log: createLogger({ service: "t", level: "DISABLED" }),
    });
    const port = await SharedPort.listen({
      host: "127.0.0.1",
      port: 0,
      tls: undefined,
      firstBytesTimeoutMs: 1_000,
      maxConnections: 100,
      onHttp1: (socket) => socket.destroy(),
      onHttp2: (socket) => server.accept(socket),
      onFault: () => undefined,
    });
    stop = async () => {
      const closed = port.stopAccepting();
      server.destroy();
      port.destroy();
      await closed;
    };
    return { port: port.port, faults, faulted };
  }

  test("a request that never ends is refused when its time is over", async () => {
    const { port, faults } = await open({ requestTimeoutMs: 20 });
    const connection = new HostileConnection(port);
    const { answer } = connection.open(HEADERS, [Buffer.from([0, 0])], false);
    expect((await answer).headers.get("grpc-status")).toBe(DEADLINE_EXCEEDED);
    expect(faults).toEqual(["slow-request"]);
    connection.close();
  });

  test("a connection holds only so many bytes of requests; others are served", async () => {
    const { port, faults } = await open({ maxConnectionBytes: 30_000 });
    const connection = new HostileConnection(port);
    const part = frame(Buffer.alloc(50_000)).subarray(0, 20_000);
    connection.open(HEADERS, [part], false);
    const { answer } = connection.open(HEADERS, [part], false);
    expect((await answer).headers.get("grpc-status")).toBe(RESOURCE_EXHAUSTED);
    expect(faults).toEqual(["held-bytes"]);
    const other = new HostileConnection(port);
    const { body } = await other.open(HEADERS, [frame(Buffer.from("hello"))], true).answer;
    expect(body.subarray(5).toString()).toBe("hello");
    connection.close();
    other.close();
  });

  test("of all connections the one that holds most is cut when they hold too much together", async () => {
    const { port, faults } = await open({ maxBytes: 50_000 });
    const large = new HostileConnection(port);
    const small = new HostileConnection(port);
    const message = frame(Buffer.alloc(60_000));
    const cut = large.open(HEADERS, [message.subarray(0, 35_000)], false).answer;
    small.open(HEADERS, [message.subarray(0, 20_000)], false);
    expect((await cut).headers.get("grpc-status")).toBeUndefined();
    expect(faults).toEqual(["held-bytes"]);
    const { body } = await small.open(HEADERS, [frame(Buffer.from("hello"))], true).answer;
    expect(body.subarray(5).toString()).toBe("hello");
    small.close();
  });

  test("answers that nobody reads are dropped: by bytes, and when their time is over", async () => {
    const { port, faults, faulted } = await open({
      answerTimeoutMs: 20,
      maxConnectionBytes: 50_000,
    });
    const socket = connect(port, "127.0.0.1").resume();
    await once(socket, "connect");
    const noWindow = Buffer.from([0, 4, 0, 0, 0, 0]);
    const call = (id: number, size: number): Buffer =>
      Buffer.concat([
        frameOf(1, 4, id, headerBlock(HEADERS)),
        frameOf(0, 1, id, frame(Buffer.alloc(size))),
      ]);
    socket.write(Buffer.concat([PREFACE, frameOf(4, 0, 0, noWindow), call(1, 16_000)]));
    await faulted;
    expect(faults).toEqual(["unread-answer"]);
    // A request counts along with its answer until that has left.
    socket.write(Buffer.concat([call(3, 10_000), call(5, 10_000), call(7, 10_000)]));
    while (faults.length < 2) await new Promise((turn) => setImmediate(turn));
    expect(faults[1]).toBe("held-bytes");
    socket.destroy();
  });
});
