import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createKafkaTopic,
  createTestCertificates,
  freePort,
  type KafkaVersion,
  type PrivateKafka,
  startPrivateKafka,
  startTcpProxy,
  type TcpProxy,
  type TestCertificates,
} from "@ofs/testkit";
import { Kafka, type KafkaConfig, logLevel, type SASLOptions } from "kafkajs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const LARGE_RECORD_BYTES = 12 * 1024 * 1024;
const SHORT_TIMEOUT_MS = 1000;
const FIRST_JOIN_MS_MAX = 3000;
/** Seconds on a calm machine. */
const TWO_STARTS_TIMEOUT_MS = 180_000;
const USERS = { alice: "wonder-land" };
const [PLAIN, PASSWORDS, MUTUAL_TLS, BOTH, PROXIED] = [0, 1, 2, 3, 4];

interface SeenRecord {
  readonly key: string | undefined;
  readonly value: Buffer | null;
  readonly headers: Record<string, string>;
  readonly timestamp: string;
}

function clientOf(address: string, config: Partial<KafkaConfig> = {}): Kafka {
  return new Kafka({
    clientId: "testkit",
    brokers: [address],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 5000,
    retry: { retries: 0 },
    ...config,
  });
}

/** Names of the topics that a client sees, which it must have connected and logged in for. */
async function listTopics(address: string, config: Partial<KafkaConfig> = {}): Promise<string[]> {
  const admin = clientOf(address, config).admin();
  try {
    await admin.connect();
    return await admin.listTopics();
  } finally {
    await admin.disconnect();
  }
}

async function createTopic(
  broker: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<string> {
  const topic = `t-${randomUUID()}`;
  await createKafkaTopic(broker, topic, { settings });
  return topic;
}

async function produce(
  kafka: Kafka,
  topic: string,
  message: { key?: string; value: Buffer | string; headers?: Record<string, string> },
): Promise<void> {
  const producer = kafka.producer({ idempotent: true, retry: { retries: 1 } });
  try {
    await producer.connect();
    await producer.send({ topic, messages: [message] });
  } finally {
    await producer.disconnect();
  }
}

/** The first `count` records of a topic, read by a group of its own. */
async function consume(
  kafka: Kafka,
  topic: string,
  count = 1,
): Promise<{ records: SeenRecord[]; joinMs: number }> {
  const consumer = kafka.consumer({
    groupId: `g-${randomUUID()}`,
    maxBytes: 2 * LARGE_RECORD_BYTES,
  });
  const records: SeenRecord[] = [];
  let joinMs = Number.NaN;
  consumer.on("consumer.group_join", ({ payload }) => {
    joinMs = payload.duration;
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer.on("consumer.crash", ({ payload }) => reject(payload.error));
      const eachMessage = async ({ message }: { message: KafkaMessageLike }): Promise<void> => {
        records.push(seen(message));
        if (records.length === count) resolve();
      };
      consumer.run({ eachMessage }).catch(reject);
    });
    return { records, joinMs };
  } finally {
    await consumer.disconnect();
  }
}

interface KafkaMessageLike {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly timestamp: string;
  readonly headers?: Readonly<Record<string, unknown>>;
}

function seen({ key, value, headers = {}, timestamp }: KafkaMessageLike): SeenRecord {
  const texts = Object.entries(headers).map(([name, header]) => [name, String(header)]);
  return { key: key?.toString(), value, headers: Object.fromEntries(texts), timestamp };
}

describe.each<KafkaVersion>(["3.9.1", "4.1.0"])("kafka %s", (version) => {
  let folder: string;
  let certificates: TestCertificates;
  let stranger: TestCertificates;
  let kafka: PrivateKafka;
  let proxy: TcpProxy;
  const at = (listener: number | undefined): string => kafka.listeners[listener ?? 0]?.text ?? "";
  const direct = (): Kafka => clientOf(kafka.direct.text);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "ofs-kafka-test-"));
    certificates = await createTestCertificates(join(folder, "own"));
    stranger = await createTestCertificates(join(folder, "other"));
    const port = await freePort();
    proxy = await startTcpProxy({ target: { host: "127.0.0.1", port } });
    kafka = await startPrivateKafka({
      version,
      listeners: [
        {},
        { sasl: ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] },
        { tls: { certificates, asksClient: true } },
        { tls: { certificates }, sasl: ["SCRAM-SHA-512"] },
        { port, advertisedPort: proxy.port },
      ],
      users: USERS,
    });
  });

  afterAll(async () => {
    await kafka?.close();
    await proxy?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test("serves a first group at once, with all that a record has", async () => {
    const client = clientOf(at(PLAIN));
    const topic = await createTopic(kafka.direct.text);
    const before = Date.now();
    await produce(client, topic, { key: "k", value: "v", headers: { h: "1" } });
    const { records, joinMs } = await consume(client, topic);
    expect(records).toMatchObject([{ key: "k", value: Buffer.from("v"), headers: { h: "1" } }]);
    expect(Number(records[0]?.timestamp)).toBeGreaterThanOrEqual(before);
    expect(joinMs).toBeLessThan(FIRST_JOIN_MS_MAX);
  });

  test("makes no topic that nobody created", async () => {
    const client = clientOf(at(PLAIN));
    await expect(produce(client, "nobody-made-me", { value: "v" })).rejects.toThrow(
      /does not host this topic-partition/,
    );
    expect(await listTopics(at(PLAIN))).not.toContain("nobody-made-me");
  });

  test("takes records of 12 MiB in a topic that asks for them, and of 1 MiB in others", async () => {
    const client = direct();
    const value = Buffer.alloc(LARGE_RECORD_BYTES, 7);
    const large = await createTopic(kafka.direct.text, {
      "max.message.bytes": String(LARGE_RECORD_BYTES + 1024),
    });
    await produce(client, large, { value });
    const { records } = await consume(client, large);
    expect(records[0]?.value?.equals(value)).toBe(true);
    const usual = await createTopic(kafka.direct.text);
    await expect(produce(client, usual, { value })).rejects.toThrow(/larger than the max/);
  });

  test.each([
    ["plain", "PLAIN"],
    ["scram-sha-256", "SCRAM-SHA-256"],
    ["scram-sha-512", "SCRAM-SHA-512"],
  ])("lets in by %s only who knows a password", async (mechanism) => {
    const login = (username: string, password: string) =>
      listTopics(at(PASSWORDS), { sasl: { mechanism, username, password } as SASLOptions });
    expect(await login("alice", USERS.alice)).toBeInstanceOf(Array);
    await expect(login("alice", "wrong")).rejects.toThrow(/authentication failed/i);
    await expect(login("mallory", USERS.alice)).rejects.toThrow(/authentication failed/i);
  });

  test("closes the door on a client that does not log in", async () => {
    await expect(listTopics(at(PASSWORDS))).rejects.toThrow();
  });

  test("speaks TLS with clients of its own authority only", async () => {
    const connect = async (ca: TestCertificates, own: TestCertificates | undefined) => {
      const pair = own && {
        cert: await readFile(own.client.cert),
        key: await readFile(own.client.key),
      };
      return listTopics(at(MUTUAL_TLS), { ssl: { ca: [await readFile(ca.ca)], ...pair } });
    };
    expect(await connect(certificates, certificates)).toBeInstanceOf(Array);
    await expect(connect(stranger, certificates)).rejects.toThrow(/certificate/);
    await expect(connect(certificates, stranger)).rejects.toThrow();
    await expect(connect(certificates, undefined)).rejects.toThrow();
    await expect(listTopics(at(MUTUAL_TLS))).rejects.toThrow();
  });

  test("asks for a password inside TLS", async () => {
    const ssl = { ca: [await readFile(certificates.ca)] };
    const login = (password: string) => {
      const sasl = { mechanism: "scram-sha-512" as const, username: "alice", password };
      return listTopics(at(BOTH), { ssl, sasl });
    };
    expect(await login(USERS.alice)).toBeInstanceOf(Array);
    await expect(login("wrong")).rejects.toThrow(/authentication failed/i);
  });

  test("leads its clients through a proxy, while others go past it", async () => {
    const client = clientOf(at(PROXIED));
    const topic = await createTopic(kafka.direct.text);
    const passed = proxy.counters.bytesToTarget;
    await produce(clientOf(proxy.text), topic, { value: "through" });
    expect(proxy.counters.bytesToTarget).toBeGreaterThan(passed);
    await proxy.inject({ kind: "refuse" });
    await expect(produce(client, topic, { value: "lost" })).rejects.toThrow();
    await proxy.heal();
    await produce(direct(), topic, { value: "past" });
    const { records } = await consume(clientOf(proxy.text), topic, 2);
    expect(records.map(({ value }) => value?.toString())).toEqual(["through", "past"]);
  });

  test("pauses: connections stay and answers do not come", async () => {
    kafka.pause();
    const config = { requestTimeout: SHORT_TIMEOUT_MS, connectionTimeout: SHORT_TIMEOUT_MS };
    await expect(listTopics(at(PLAIN), config)).rejects.toThrow(/timed? ?out/i);
    kafka.resume();
    expect(await listTopics(at(PLAIN))).toBeInstanceOf(Array);
  });

  test(
    "keeps its records and its passwords over a stop and a crash",
    async () => {
      const topic = await createTopic(kafka.direct.text);
      await produce(direct(), topic, { value: "kept" });
      expect((await kafka.stop()).signal).toBeNull();
      await expect(listTopics(at(PLAIN))).rejects.toThrow();
      await kafka.restart();
      await kafka.kill();
      await kafka.restart();
      const sasl = {
        mechanism: "scram-sha-256",
        username: "alice",
        password: USERS.alice,
      } as const;
      const { records } = await consume(clientOf(at(PASSWORDS), { sasl }), topic);
      expect(records[0]?.value?.toString()).toBe("kept");
    },
    TWO_STARTS_TIMEOUT_MS,
  );
});

test("a setting that Kafka does not understand fails the start with its log", async () => {
  const start = startPrivateKafka({ settings: { "num.io.threads": "many" } });
  await expect(start).rejects.toThrow(/did not start; its log ends:.*num\.io\.threads/s);
});

test("a broker that is closed takes its data along", async () => {
  const kafka = await startPrivateKafka();
  const folders = (): Promise<string[]> => dataFolders(kafka.address.port);
  expect(await folders()).toHaveLength(1);
  await kafka.close();
  expect(await folders()).toEqual([]);
  await expect(listTopics(kafka.address.text)).rejects.toThrow();
});

/** Folders of a broker with this port, wherever `startPrivateKafka` puts them. */
async function dataFolders(port: number): Promise<string[]> {
  const roots = (await readdir(tmpdir())).filter((name) => name.startsWith("ofs-kafka-"));
  const inside = await Promise.all(
    roots.map((root) => readdir(join(tmpdir(), root)).catch(() => [])),
  );
  return inside.flat().filter((name) => name === `kafka-${port}`);
}
