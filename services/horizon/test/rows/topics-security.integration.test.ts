import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger } from "@ofs/platform";
import {
  createTestCertificates,
  type PrivateKafka,
  startPrivateKafka,
  type TestCertificates,
} from "@ofs/testkit";
import { Registry } from "prom-client";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Horizon, loadConfig, startHorizon } from "../../src/index.ts";

/** A broker starts, and a control plane for each test. */
const TIMEOUT_MS = 180_000;
const PREFIX = "KAFKA_CONSUMERS_FEATURE_CONSUMER_";
const ALICE = { username: "alice", password: "wonder-land-100" };

describe("topics of a Kafka that asks who it is", { timeout: TIMEOUT_MS }, () => {
  let folder: string;
  let certificates: TestCertificates;
  let kafka: PrivateKafka;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "ofs-row-kafka-"));
    certificates = await createTestCertificates(join(folder, "certificates"));
    kafka = await startPrivateKafka({
      users: { [ALICE.username]: ALICE.password },
      listeners: [
        { tls: { certificates, asksClient: true }, sasl: ["SCRAM-SHA-512"] },
        { sasl: ["PLAIN"] },
      ],
    });
  }, TIMEOUT_MS);

  afterAll(async () => {
    await kafka?.close();
    await rm(folder, { recursive: true, force: true });
  }, TIMEOUT_MS);

  async function start(listener: number, security: Record<string, string>): Promise<Horizon> {
    const prefixed = Object.entries(security).map(([name, value]) => [PREFIX + name, value]);
    const config = loadConfig({
      OFS_DATA_FOLDER: await mkdtemp(join(folder, "data-")),
      APP_HOST: "127.0.0.1",
      APP_PORT: "0",
      ROW_ENABLED: "true",
      ROW_KAFKA_BOOTSTRAP_SERVERS: kafka.listeners[listener]?.text,
      ...Object.fromEntries(prefixed),
    });
    const horizon = await startHorizon(config, {
      log: createLogger({ service: "horizon", level: "DISABLED" }),
      metrics: new Registry(),
      onFirstAdmin: () => undefined,
    });
    onTestFinished(() => horizon.close());
    return horizon;
  }

  async function makeTopic({ port }: Horizon, topicName: string): Promise<[number, unknown]> {
    const reply = await fetch(`http://127.0.0.1:${port}/kafka/topic`, {
      method: "POST",
      body: JSON.stringify({ topicName, numPartitions: 1 }),
    });
    return [reply.status, await reply.json()];
  }

  test("with certificates and SCRAM", async () => {
    const horizon = await start(0, {
      SECURITY_PROTOCOL: "SASL_SSL",
      SASL_MECHANISM: "SCRAM-SHA-512",
      SASL_USERNAME: ALICE.username,
      SASL_PASSWORD: ALICE.password,
      TLS_CA_FILE: certificates.ca,
      TLS_CERT_FILE: certificates.client.cert,
      TLS_KEY_FILE: certificates.client.key,
    });
    const made = { topicName: "encrypted", numPartitions: 1 };
    expect(await makeTopic(horizon, "encrypted")).toEqual([200, { data: made }]);
    const [status, answer] = await makeTopic(horizon, "encrypted");
    expect(status).toBe(400);
    expect(answer).toMatchObject({ error: { code: "OFS-V2-KAFKA-ADMIN-EXCEPTION" } });
  });

  test("with a password; a wrong one is told, and shown nowhere", async () => {
    const login = { SECURITY_PROTOCOL: "SASL_PLAINTEXT", SASL_USERNAME: ALICE.username };
    const known = await start(1, { ...login, SASL_PASSWORD: ALICE.password });
    expect((await makeTopic(known, "signed-in"))[0]).toBe(200);
    const stranger = await start(1, { ...login, SASL_PASSWORD: "looking-glass" });
    const [status, answer] = await makeTopic(stranger, "strange");
    expect(status).toBe(503);
    expect(JSON.stringify(answer)).not.toContain("looking-glass");
  });
});
