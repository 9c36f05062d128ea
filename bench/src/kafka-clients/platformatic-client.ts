import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { FETCH, type KafkaClient, PRODUCE_BATCH, randomGroup } from "./client.ts";

/*
 * @platformatic/kafka is no dependency of this workspace: on Node 20 its own dependencies refuse to be installed. For a
 * comparison install 1.35.0 in a folder of its own, with npm, and name the folder.
 */
const FOLDER_VARIABLE = "KAFKA_CLIENTS_FOLDER";
const READ_COMMITTED = 1;
const ALL_REPLICAS = -1;

interface Stream extends AsyncIterable<{ readonly value: Buffer | null }> {
  close(): Promise<void>;
}

interface Platformatic {
  Producer: new (
    options: object,
  ) => {
    send(of: { messages: { topic: string; value: Buffer }[]; acks: number }): Promise<unknown>;
    close(): Promise<void>;
  };
  Consumer: new (
    options: object,
  ) => { consume(options: object): Promise<Stream>; close(force: boolean): Promise<void> };
}

/** @throws {Error} if the variable is not set, or the folder does not hold it */
export async function loadPlatformatic(): Promise<KafkaClient> {
  const folder = process.env[FOLDER_VARIABLE];
  if (folder === undefined) {
    throw new Error(`${FOLDER_VARIABLE}: names a folder with node_modules/@platformatic/kafka`);
  }
  const resolve = createRequire(join(folder, "package.json")).resolve;
  const loaded = await import(pathToFileURL(resolve("@platformatic/kafka")).href);
  return platformaticClient(loaded as Platformatic);
}

function platformaticClient({ Producer, Consumer }: Platformatic): KafkaClient {
  return {
    async produce({ broker, topic, count, sizeBytes }) {
      const producer = new Producer({
        clientId: "bench",
        bootstrapBrokers: [broker],
        idempotent: true,
      });
      const value = Buffer.alloc(sizeBytes, 7);
      for (let sent = 0; sent < count; sent += PRODUCE_BATCH) {
        const messages = Array.from({ length: PRODUCE_BATCH }, () => ({ topic, value }));
        await producer.send({ messages, acks: ALL_REPLICAS });
      }
      await producer.close();
    },

    async consume({ broker, topic, count, partitionBytes = FETCH.partitionBytes, onValue }) {
      const consumer = new Consumer({
        clientId: "bench",
        bootstrapBrokers: [broker],
        groupId: randomGroup(),
        isolationLevel: READ_COMMITTED,
        maxBytes: FETCH.maxBytes,
        maxBytesPerPartition: partitionBytes,
        maxWaitTime: FETCH.waitMs,
        autocommit: false,
      });
      const stream = await consumer.consume({ topics: [topic], mode: "earliest" });
      let received = 0;
      for await (const { value } of stream) {
        received++;
        onValue?.(value);
        if (received >= count) break;
      }
      await consumer.close(true);
    },
  };
}
