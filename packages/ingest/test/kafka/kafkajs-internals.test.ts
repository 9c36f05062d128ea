import { describe, expect, it } from "vitest";
import { clientConfig, SocketSet } from "../../src/kafka/client-config.ts";
import { createCluster, fetchRequest } from "../../src/kafka/kafkajs-internals.ts";

describe("what is used of kafkajs below its exports", () => {
  it("is there", async () => {
    const connection = { brokers: ["127.0.0.1:1"], clientId: "test" };
    const cluster = createCluster(clientConfig(connection, new SocketSet()));
    const needed = [
      "connect",
      "disconnect",
      "refreshMetadata",
      "findBroker",
      "findGroupCoordinator",
      "getNodeIds",
    ] as const;
    for (const name of needed) expect(typeof cluster[name], name).toBe("function");
    expect(typeof cluster.brokerPool.findConnectedBroker).toBe("function");
    expect(cluster.targetTopics).toEqual(new Set());
  });

  it("asks for records with a reader of our own", async () => {
    const request = fetchRequest(
      {
        isolationLevel: 1,
        maxWaitTime: 100,
        minBytes: 1,
        maxBytes: 1000,
        topics: [{ topic: "t", partitions: [{ partition: 0, fetchOffset: "5", maxBytes: 1000 }] }],
        rackId: "",
      },
      (bytes) => bytes.length,
    );
    expect(request.request).toMatchObject({ apiKey: 1, apiVersion: 11 });
    expect(await request.response.parse(await request.response.decode(Buffer.alloc(9)))).toBe(9);
  });
});
