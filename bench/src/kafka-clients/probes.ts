import { setTimeout as delay } from "node:timers/promises";
import { KafkaAdmin, KafkaSink, KafkaSource, type SourceRecord } from "@ofs/ingest";
import {
  createKafkaTopic,
  freePort,
  type KafkaVersion,
  startPrivateKafka,
  startTcpProxy,
  waitUntil,
} from "@ofs/testkit";
import { Kafka, logLevel, Partitioners, type Producer } from "kafkajs";
import { CLIENTS, randomGroup } from "./client.ts";
import { loadClient } from "./load-client.ts";

/** How the clients behave where it matters to a feature store, against a real broker: `npm run kafka-probes [-- 3.9.1]`. */
const [version = "4.1.0"] = process.argv.slice(2);

const DEADLINE_MS = 20_000;
const UNDONE_COUNT = 200;
/** How long a reader takes to finish what it has when partitions are taken away. */
const FINISH_MS = 1500;

interface Broker {
  /** Past the proxy. */
  readonly direct: string;
  readonly proxied: string;
  /** Answers are lost on their way until the returned function is called. */
  loseAnswers(): Promise<() => Promise<void>>;
}

const client = (broker: string): Kafka =>
  new Kafka({
    brokers: [broker],
    clientId: "probe",
    logLevel: logLevel.NOTHING,
    requestTimeout: 500,
  });

/** Undone records that a reader is given, when the end of the transaction is not part of the same fetch. */
async function undoneRecordsSeen(broker: Broker): Promise<void> {
  const topic = randomGroup();
  await createKafkaTopic(broker.direct, topic);
  const producer = client(broker.direct).producer({
    transactionalId: topic,
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  const transaction = await producer.transaction();
  for (let sent = 0; sent < UNDONE_COUNT; sent++) {
    await transaction.send({ topic, messages: [{ value: `undone ${"x".repeat(8000)}` }] });
  }
  await transaction.abort();
  await send(producer, topic, "visible");
  await producer.disconnect();
  for (const name of CLIENTS) {
    let undone = 0;
    await report("undone records seen", name, async () => {
      const read = (await loadClient(name)).consume({
        broker: broker.direct,
        topic,
        count: UNDONE_COUNT + 1,
        sizeBytes: 0,
        partitionBytes: 64 * 1024,
        onValue: (value) => {
          if (value && Buffer.from(value).toString().startsWith("undone")) undone++;
        },
      });
      // It reads on for records that do not come if it is right.
      await Promise.race([read, delay(6000)]);
      return String(undone);
    });
  }
}

async function send(producer: Producer, topic: string, value: string): Promise<void> {
  const transaction = await producer.transaction();
  await transaction.send({ topic, messages: [{ value }] });
  await transaction.commit();
}

/** Whether records can be read that the broker compressed. */
async function compressionsRead(broker: Broker): Promise<void> {
  const sink = new KafkaSink({ brokers: [broker.direct], clientId: "probe" });
  for (const type of ["gzip", "snappy", "lz4", "zstd"]) {
    const topic = randomGroup();
    await createKafkaTopic(broker.direct, topic, { settings: { "compression.type": type } });
    const value = Buffer.from("compressible ".repeat(100));
    await sink.produce([{ topic, partition: 0, key: undefined, value, headers: [] }]);
    for (const name of CLIENTS) {
      await report(`reads ${type}`, name, async () => {
        let isRead = false;
        const read = (await loadClient(name)).consume({
          broker: broker.direct,
          topic,
          count: 1,
          sizeBytes: 0,
          onValue: (found) => {
            isRead = found != null && Buffer.compare(Buffer.from(found), value) === 0;
          },
        });
        await Promise.race([read, delay(8000)]);
        return isRead ? "yes" : "no";
      });
    }
  }
  await sink.close();
}

/** Whether a record is stored that is sent after one whose acknowledgement was lost. */
async function recordsAfterALostAnswer(broker: Broker): Promise<void> {
  const admin = new KafkaAdmin({ brokers: [broker.direct], clientId: "probe" });
  const ask = async (produce: (topic: string, value: string) => Promise<unknown>) => {
    const topic = randomGroup();
    await createKafkaTopic(broker.direct, topic);
    await produce(topic, "first");
    const heal = await broker.loseAnswers();
    const lost = await Promise.allSettled([produce(topic, "answer lost")]);
    await heal();
    await produce(topic, "next");
    const stored = await admin.read(topic, 0, 0, 10, 10_000);
    const values = stored.map(({ value }) => Buffer.from(value as Uint8Array).toString());
    const isStored = values.includes("next");
    return `${isStored ? "stored" : "LOST"} (the one before: ${lost[0]?.status})`;
  };
  const options = { requestTimeoutMs: 500, deliveryTimeoutMs: 1500 };
  const sink = new KafkaSink({ brokers: [broker.proxied], clientId: "probe", ...options });
  await report("record after a lost answer", "ofs", () =>
    ask((topic, value) =>
      sink.produce([
        { topic, partition: 0, key: undefined, value: Buffer.from(value), headers: [] },
      ]),
    ),
  );
  await sink.close();
  const producer = client(broker.proxied).producer({
    idempotent: true,
    maxInFlightRequests: 1,
    retry: { retries: 1 },
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  await report("record after a lost answer", "kafkajs", () =>
    ask((topic, value) => producer.send({ topic, messages: [{ value }] })),
  );
  await producer.disconnect();
  await admin.close();
}

/**
 * A member that needs a while to finish when another one joins, and then commits what it has done: where the other begins
 * and what is committed in the end.
 */
async function handOver(broker: Broker): Promise<void> {
  await report("hand-over", "ofs", () => handOverOfOurs(broker));
  await report("hand-over", "kafkajs", () => handOverOfKafkajs(broker));
}

async function handOverOfOurs({ direct }: Broker): Promise<string> {
  const { topic, group, admin } = await handOverTopic(direct);
  const begun: string[] = [];
  const member = (clientId: string): KafkaSource =>
    new KafkaSource({
      brokers: [direct],
      clientId,
      groupId: group,
      topics: [topic],
      start: "earliest",
      heartbeatIntervalMs: 300,
      sessionTimeoutMs: 10_000,
    });
  const [first, second] = [member("first"), member("second")];
  let received = 0;
  const listen = (source: KafkaSource, isFirst: boolean): Promise<void> =>
    source.start({
      assigned: (partitions) => {
        if (!isFirst) begun.push(...partitions.map((one) => String(one.committed?.offset ?? 0)));
      },
      revoked: async (partitions) => {
        await delay(FINISH_MS);
        await source.commit(partitions.map((one) => ({ ...one, offset: 100, metadata: "" })));
      },
      lost: () => undefined,
      records: (_, records: readonly SourceRecord[]) => {
        received += isFirst ? records.length : 0;
      },
    });
  await listen(first, true);
  await waitUntil(() => received >= 200, { what: "records", timeoutMs: DEADLINE_MS });
  await listen(second, false);
  await waitUntil(() => begun.length > 0, { what: "the other member", timeoutMs: DEADLINE_MS });
  const result = `the other member begins at ${begun.join(", ")}, finished were 100`;
  await Promise.all([first.close(), second.close(), admin.close()]);
  return result;
}

async function handOverOfKafkajs({ direct }: Broker): Promise<string> {
  const { topic, group, admin } = await handOverTopic(direct);
  const consumer = () =>
    client(direct).consumer({ groupId: group, heartbeatInterval: 300, sessionTimeout: 10_000 });
  const [first, second] = [consumer(), consumer()];
  let received = 0;
  let commits: Promise<string> | undefined;
  const commitAll = async (): Promise<string> => {
    await delay(FINISH_MS);
    const offsets = [0, 1].map((partition) => ({ topic, partition, offset: "100" }));
    return first.commitOffsets(offsets).then(
      () => "accepted",
      (error: unknown) => `refused (${error})`,
    );
  };
  await first.connect();
  await first.subscribe({ topics: [topic], fromBeginning: true });
  first.on(first.events.REBALANCING, () => {
    commits = commitAll();
  });
  await first.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      received += batch.messages.length;
    },
  });
  await waitUntil(() => received >= 200, { what: "records", timeoutMs: DEADLINE_MS });
  let begins: string | undefined;
  await second.connect();
  await second.subscribe({ topics: [topic], fromBeginning: true });
  await second.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      begins ??= batch.firstOffset() ?? undefined;
      // It is done at once, and says so: this must be what counts for its partition.
      const { partition } = batch;
      await second.commitOffsets([{ topic, partition, offset: "200" }]);
    },
  });
  await waitUntil(() => begins !== undefined && commits !== undefined, {
    what: "the other member",
    timeoutMs: DEADLINE_MS,
  });
  const outcome = await commits;
  const committed = [...(await admin.committed(group, topic)).values()].map(({ offset }) => offset);
  const result = `the other member begins at ${begins}, finished were 100; it commits 200, then the late commit of 100 is ${outcome}; committed: ${committed.join(", ")}`;
  await Promise.all([first.disconnect(), second.disconnect(), admin.close()]);
  return result;
}

async function handOverTopic(
  broker: string,
): Promise<{ topic: string; group: string; admin: KafkaAdmin }> {
  const topic = randomGroup();
  await createKafkaTopic(broker, topic, { partitions: 2 });
  const sink = new KafkaSink({ brokers: [broker], clientId: "probe" });
  const value = Buffer.from("x");
  await sink.produce(
    Array.from({ length: 200 }, (_, index) => ({
      topic,
      partition: index % 2,
      key: undefined,
      value,
      headers: [],
    })),
  );
  await sink.close();
  const admin = new KafkaAdmin({ brokers: [broker], clientId: "probe" });
  return { topic, group: randomGroup(), admin };
}

async function report(what: string, name: string, probe: () => Promise<string>): Promise<void> {
  const found = await probe().catch((error: unknown) => `failed: ${String(error).split("\n")[0]}`);
  process.stdout.write(`| ${what} | ${name} | ${found} |\n`);
}

const port = await freePort();
const proxy = await startTcpProxy({ target: { host: "127.0.0.1", port } });
const kafka = await startPrivateKafka({
  version: version as KafkaVersion,
  listeners: [{ port, advertisedPort: proxy.port }],
});
try {
  const broker: Broker = {
    direct: kafka.direct.text,
    proxied: proxy.text,
    loseAnswers: async () => {
      await proxy.inject({ kind: "stall" }, "toClient");
      return () => proxy.heal();
    },
  };
  process.stdout.write(`Kafka ${version}\n| what | client | found |\n| --- | --- | --- |\n`);
  await handOver(broker);
  await undoneRecordsSeen(broker);
  await compressionsRead(broker);
  await recordsAfterALostAnswer(broker);
} finally {
  await proxy.close();
  await kafka.close();
}
// Clients that failed may hold connections.
process.exit(0);
