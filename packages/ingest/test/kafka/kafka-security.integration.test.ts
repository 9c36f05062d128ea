import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KafkaAdmin, type KafkaConnection, KafkaSink, type SaslMechanism } from "@ofs/ingest";
import {
  createTestCertificates,
  type PrivateKafka,
  startPrivateKafka,
  type TestCertificates,
} from "@ofs/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Reader } from "../sources/reader.ts";
import { groupName, record, topicName } from "../sources/source-records.ts";
import { memberOf } from "./kafka-fixtures.ts";

const MECHANISMS: readonly SaslMechanism[] = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"];
const ALICE = { username: "alice", password: "wonder-land-100" };

describe.each(["4.1.0", "3.9.1"] as const)("Kafka %s that asks who it is", (version) => {
  const folder = join(tmpdir(), `ofs-kafka-${randomUUID()}`);
  let certificates: TestCertificates;
  let strangers: TestCertificates;
  let kafka: PrivateKafka;

  beforeAll(async () => {
    certificates = await createTestCertificates(join(folder, "ours"));
    strangers = await createTestCertificates(join(folder, "theirs"));
    kafka = await startPrivateKafka({
      version,
      users: { [ALICE.username]: ALICE.password },
      listeners: [
        { sasl: MECHANISMS },
        { tls: { certificates } },
        { tls: { certificates, asksClient: true }, sasl: ["SCRAM-SHA-512"] },
      ],
    });
  });

  afterAll(async () => {
    await kafka?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const to = (listener: number, more: Partial<KafkaConnection>): KafkaConnection => ({
    brokers: [kafka.listeners[listener]?.text as string],
    clientId: "test",
    requestTimeoutMs: 3000,
    ...more,
  });

  /** Makes a topic, produces to it and reads it back, all over this connection. */
  const roundTrip = async (connection: KafkaConnection): Promise<string[]> => {
    const topic = topicName();
    const admin = new KafkaAdmin(connection);
    const sink = new KafkaSink(connection);
    const member = memberOf("", { group: groupName(), topics: [topic] }, connection);
    const reader = new Reader(member);
    try {
      await admin.createTopic(topic, { partitionCount: 1 });
      await sink.produce([record(topic, 0, "secret")]);
      await reader.start();
      await reader.has(1);
      return reader.values;
    } finally {
      await Promise.all([admin.close(), sink.close(), member.close()]);
    }
  };

  /** Why a member cannot join. */
  const refusal = async (connection: KafkaConnection): Promise<string | undefined> => {
    const member = memberOf("", { group: groupName(), topics: ["t"] }, connection);
    const reader = new Reader(member);
    try {
      await reader.start();
      await reader.is("failed");
      return member.status().reason;
    } finally {
      await member.close();
    }
  };

  it.each(MECHANISMS)("lets it in by %s", async (mechanism) => {
    expect(await roundTrip(to(0, { sasl: { mechanism, ...ALICE } }))).toEqual(["secret"]);
  });

  it.each(MECHANISMS)("tells it that its password is wrong, by %s", async (mechanism) => {
    const sasl = { mechanism, username: "alice", password: "wrong" };
    const reason = await refusal(to(0, { sasl }));
    expect(reason).toMatch(/authentication failed/i);
    expect(reason).not.toContain("wrong");
  });

  it("tells it that it has to log in", async () => {
    expect(await refusal(to(0, {}))).toBeTruthy();
  });

  it("speaks TLS with a broker whose authority it knows", async () => {
    expect(await roundTrip(to(1, { tls: { caFile: certificates.ca } }))).toEqual(["secret"]);
  });

  it("does not trust a broker of another authority, or of another name", async () => {
    expect(await refusal(to(1, { tls: { caFile: strangers.ca } }))).toMatch(/certificate/);
    const wrongName = { caFile: certificates.ca, serverName: "elsewhere.example" };
    expect(await refusal(to(1, { tls: wrongName }))).toMatch(/elsewhere\.example|altnames/i);
  });

  it("shows its certificate and logs in, over TLS", async () => {
    const { cert, key } = certificates.client;
    const tls = { caFile: certificates.ca, certFile: cert, keyFile: key };
    const sasl = { mechanism: "SCRAM-SHA-512", ...ALICE } as const;
    expect(await roundTrip(to(2, { tls, sasl }))).toEqual(["secret"]);
    const strange = { ...tls, certFile: strangers.client.cert, keyFile: strangers.client.key };
    expect(await refusal(to(2, { tls: strange, sasl }))).toBeTruthy();
  });

  it("names a file that cannot be read", () => {
    const tls = { caFile: join(folder, "none.pem") };
    expect(() => new KafkaAdmin(to(1, { tls }))).toThrow(/none\.pem/);
  });
});
