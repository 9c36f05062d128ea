import { type ClientReadableStream, credentials, Metadata, status } from "@grpc/grpc-js";
import { grpc } from "@ofs/proto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { failureOf, RawClient } from "../support/grpc-client.ts";
import { openerOver, type TestFront, TRANSPORTS } from "../support/test-front.ts";

describe.each(TRANSPORTS)("%s", (transport) => {
  const openTestFront = openerOver(transport);
  const CHECK = "/grpc.health.v1.Health/Check";
  const WATCH = "/grpc.health.v1.Health/Watch";
  const { HealthCheckRequest, HealthCheckResponse } = grpc.health.v1;
  const { SERVING, NOT_SERVING, SERVICE_UNKNOWN } = HealthCheckResponse.ServingStatus;

  let opened: TestFront;
  let client: RawClient;
  let isStoreUp: boolean;

  beforeEach(async () => {
    isStoreUp = true;
    opened = await openTestFront();
    opened.health.register("store", () => ({ status: isStoreUp ? "ok" : "failing" }));
    client = new RawClient(opened.port);
  });

  afterEach(async () => {
    client.close();
    await opened.front.drain(AbortSignal.timeout(2_000));
  });

  function requestFor(service: string): Buffer {
    return Buffer.from(HealthCheckRequest.encode({ service }).finish());
  }

  function openStream(method: string, request: Buffer): ClientReadableStream<Buffer> {
    return client.client.makeServerStreamRequest(
      method,
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
      request,
      new Metadata(),
    );
  }

  /** Messages and, at last, the status of a stream, one at a time. */
  function reader(stream: ClientReadableStream<Buffer>): () => Promise<Buffer | number> {
    const items: (Buffer | number)[] = [];
    let wake: () => void = () => undefined;
    const add = (item: Buffer | number): void => {
      items.push(item);
      wake();
    };
    stream.on("data", (bytes: Buffer) => add(bytes));
    stream.on("error", () => undefined);
    stream.on("status", ({ code }) => add(code));
    return async () => {
      while (items.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return items.shift() as Buffer | number;
    };
  }

  async function nextStatus(next: () => Promise<Buffer | number>): Promise<number> {
    const item = await next();
    return typeof item === "number" ? item : HealthCheckResponse.decode(item).status;
  }

  describe("health", () => {
    test.each(["", "retrieve.FeatureService"])(
      "Check follows readiness for %j",
      async (service) => {
        const check = async () => {
          const { response } = await client.call(CHECK, requestFor(service));
          return HealthCheckResponse.decode(response).status;
        };
        expect(await check()).toBe(SERVING);
        isStoreUp = false;
        expect(await check()).toBe(NOT_SERVING);
      },
    );

    test("Check of an unknown service is NOT_FOUND", async () => {
      expect((await failureOf(client.call(CHECK, requestFor("x.Y"))))[0]).toBe(status.NOT_FOUND);
    });

    test("Watch sends the status now and at each change", async () => {
      opened.health.refresh();
      const stream = openStream(WATCH, requestFor(""));
      const next = reader(stream);
      expect(await nextStatus(next)).toBe(SERVING);
      isStoreUp = false;
      opened.health.refresh();
      expect(await nextStatus(next)).toBe(NOT_SERVING);
      isStoreUp = true;
      opened.health.refresh();
      expect(await nextStatus(next)).toBe(SERVING);
      stream.cancel();
      expect(await next()).toBe(status.CANCELLED);
    });

    test("Watch of an unknown service says so and stays open", async () => {
      const stream = openStream(WATCH, requestFor("x.Y"));
      const next = reader(stream);
      expect(await nextStatus(next)).toBe(SERVICE_UNKNOWN);
      stream.cancel();
      expect(await next()).toBe(status.CANCELLED);
    });

    test("a drain tells those who watch, and does not wait for them", async () => {
      opened.health.refresh();
      const next = reader(openStream(WATCH, requestFor("")));
      expect(await nextStatus(next)).toBe(SERVING);
      opened.health.startDraining();
      expect(await nextStatus(next)).toBe(NOT_SERVING);
      expect(await opened.front.drain(AbortSignal.timeout(5_000))).toBe(true);
      expect(await next()).toBe(status.UNAVAILABLE);
    });
  });

  describe.each(["v1", "v1alpha"])("reflection %s", (version) => {
    const method = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;

    async function ask(field: number, value: string, port = opened.port): Promise<string | number> {
      const own = new RawClient(port, credentials.createInsecure());
      const stream = own.client.makeBidiStreamRequest(
        method,
        (bytes: Buffer) => bytes,
        (bytes: Buffer) => bytes,
        new Metadata(),
      );
      const next = reader(stream);
      stream.write(
        Buffer.concat([Buffer.from([(field << 3) | 2, value.length]), Buffer.from(value)]),
      );
      const answer = await next();
      stream.cancel();
      own.close();
      return typeof answer === "number" ? answer : answer.toString("latin1");
    }

    test("lists the services that are served, without credentials", async () => {
      const answer = await ask(7, "*");
      expect(answer).toContain("retrieve.FeatureService");
      expect(answer).toContain("grpc.health.v1.Health");
      expect(answer).not.toContain("P2PCacheService");
    });

    test("describes a service with its messages", async () => {
      const answer = await ask(4, "retrieve.FeatureService");
      expect(answer).toContain("RetrieveDecodedResult");
      expect(answer).toContain("feature_group_label");
    });

    test("can be switched off", async () => {
      const closed = await openTestFront({}, { isReflectionOn: false });
      expect(await ask(7, "*", closed.port)).toBe(status.UNIMPLEMENTED);
      await closed.front.drain(AbortSignal.timeout(2_000));
    });

    test("a drain ends an open session", async () => {
      const stream = client.client.makeBidiStreamRequest(
        method,
        (bytes: Buffer) => bytes,
        (bytes: Buffer) => bytes,
        new Metadata(),
      );
      const next = reader(stream);
      stream.write(Buffer.from([0x3a, 1, 0x2a]));
      expect(typeof (await next())).toBe("object");
      expect(await opened.front.drain(AbortSignal.timeout(5_000))).toBe(true);
      expect(await next()).toBe(status.UNAVAILABLE);
    });
  });
});
