import { Kafka, logLevel, Partitioners } from "kafkajs";
import { FETCH, type KafkaClient, PRODUCE_BATCH, randomGroup } from "./client.ts";

export const kafkajsClient: KafkaClient = {
  async produce({ broker, topic, count, sizeBytes }) {
    const kafka = new Kafka({ brokers: [broker], clientId: "bench", logLevel: logLevel.ERROR });
    const producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    const value = Buffer.alloc(sizeBytes, 7);
    for (let sent = 0; sent < count; sent += PRODUCE_BATCH) {
      const messages = Array.from({ length: PRODUCE_BATCH }, () => ({ value }));
      await producer.send({ topic, acks: -1, messages });
    }
    await producer.disconnect();
  },

  async consume({ broker, topic, count, partitionBytes = FETCH.partitionBytes, onValue }) {
    const kafka = new Kafka({ brokers: [broker], clientId: "bench", logLevel: logLevel.ERROR });
    const consumer = kafka.consumer({
      groupId: randomGroup(),
      maxBytes: FETCH.maxBytes,
      maxBytesPerPartition: partitionBytes,
      maxWaitTimeInMs: FETCH.waitMs,
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    let received = 0;
    const done = new Promise<void>((resolve, reject) => {
      // What it cannot go on after, like a compression that it does not know.
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      consumer
        .run({
          autoCommit: false,
          eachBatch: async ({ batch }) => {
            received += batch.messages.length;
            if (onValue !== undefined) for (const { value } of batch.messages) onValue(value);
            if (received >= count) resolve();
          },
        })
        .catch(reject);
    });
    try {
      await done;
    } finally {
      await consumer.disconnect();
    }
  },
};
