import { Kafka, logLevel } from "kafkajs";

export interface TopicOptions {
  /** Default 1. */
  readonly partitions?: number;
  /** Such as `{ "max.message.bytes": "20000000" }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Creates a topic, which the brokers of tests do not do by themselves.
 *
 * @param broker `host:port` of a listener in plain text
 * @throws {Error} if there is one of that name, or the broker does not answer
 */
export async function createKafkaTopic(
  broker: string,
  topic: string,
  { partitions = 1, settings = {} }: TopicOptions = {},
): Promise<void> {
  const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
  const kafka = new Kafka({ clientId: "testkit", brokers: [broker], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const wanted = { topic, numPartitions: partitions, replicationFactor: 1, configEntries };
    if (!(await admin.createTopics({ topics: [wanted] }))) {
      throw new Error(`topic ${topic} exists already`);
    }
  } finally {
    await admin.disconnect();
  }
}
