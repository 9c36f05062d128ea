import { KafkaSink, KafkaSource } from "@ofs/ingest";
import { FETCH, type KafkaClient, PRODUCE_BATCH, randomGroup } from "./client.ts";

export const ofsClient: KafkaClient = {
  async produce({ broker, topic, count, sizeBytes }) {
    const sink = new KafkaSink({ brokers: [broker], clientId: "bench" });
    const value = new Uint8Array(sizeBytes).fill(7);
    const record = { topic, key: undefined, value, headers: [] };
    for (let sent = 0; sent < count; sent += PRODUCE_BATCH) {
      await sink.produce(Array.from({ length: PRODUCE_BATCH }, () => record));
    }
    await sink.close();
  },

  async consume({ broker, topic, count, partitionBytes = FETCH.partitionBytes, onValue }) {
    const source = new KafkaSource({
      brokers: [broker],
      clientId: "bench",
      groupId: randomGroup(),
      topics: [topic],
      start: "earliest",
      fetchBytes: FETCH.maxBytes,
      partitionFetchBytes: partitionBytes,
    });
    let received = 0;
    await new Promise<void>((resolve, reject) => {
      source
        .start({
          assigned: () => undefined,
          revoked: async () => undefined,
          lost: () => undefined,
          records: (_, records) => {
            received += records.length;
            if (onValue !== undefined) for (const { value } of records) onValue(value);
            if (received >= count) resolve();
          },
        })
        .catch(reject);
    });
    await source.close();
  },
};
