import { randomUUID } from "node:crypto";
import { type PrivateKafka, startPrivateKafka } from "@ofs/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { numbers } from "./messages.ts";
import { TestRegistry } from "./registry.ts";
import { ApiProcess, ConsumerProcess } from "./services.ts";
import { TestTopic } from "./topic.ts";

/** A broker that wants to know who reads. */
const ENTITY = "guarded";
const PASSWORD = "wonder-land";

let kafka: PrivateKafka;
let registry: TestRegistry;
let api: ApiProcess;
let topic: TestTopic;

beforeAll(async () => {
  kafka = await startPrivateKafka({
    version: "3.9.1",
    listeners: [{ sasl: ["PLAIN", "SCRAM-SHA-512"] }],
    users: { alice: PASSWORD },
  });
  registry = await TestRegistry.open(`sasl_${randomUUID().replaceAll("-", "")}`);
  await registry.add(ENTITY, { store: "redis" });
  api = await ApiProcess.start(registry.environment());
  topic = await TestTopic.create(kafka.direct.text);
});

afterAll(async () => {
  await topic?.close();
  await api?.close();
  await registry?.close();
  await kafka?.close();
});

function environment(mechanism: string, password: string): Record<string, string> {
  return {
    ...registry.environment(),
    ...topic.environment({
      BOOTSTRAP_SERVERS: kafka.address.text,
      SECURITY_PROTOCOL: "SASL_PLAINTEXT",
      SASL_MECHANISM: mechanism,
      SASL_USERNAME: "alice",
      SASL_PASSWORD: password,
    }),
  };
}

it.each(["PLAIN", "SCRAM-SHA-512"])("reads with %s", async (mechanism) => {
  const key = randomUUID();
  const consumer = await ConsumerProcess.start(environment(mechanism, PASSWORD));
  try {
    await topic.produce([numbers(ENTITY, { [key]: 7 })]);
    await consumer.whenDone();
    expect(await api.read(ENTITY, [key])).toEqual({ [key]: 7 });
    expect(await consumer.stop()).toBe(0);
  } finally {
    await consumer.process.kill();
  }
});

it("says that it is not let in, lives on and stops in order", async () => {
  const consumer = await ConsumerProcess.start(environment("PLAIN", "wrong"), false);
  try {
    await consumer.whenReady(503, /source is (?:failed|joining).*[Aa]uthentication/);
    expect(consumer.process.output).not.toContain(PASSWORD);
    expect(await consumer.stop()).toBe(0);
  } finally {
    await consumer.process.kill();
  }
});

it("says that Kafka is away, loses nothing and goes on when it is back", async () => {
  const consumer = await ConsumerProcess.start(environment("PLAIN", PASSWORD));
  try {
    const [before, after] = [randomUUID(), randomUUID()];
    await topic.produce([numbers(ENTITY, { [before]: 1 })]);
    await consumer.whenDone();
    await kafka.kill();
    await consumer.whenReady(503, /source is/);
    await kafka.restart();
    await consumer.whenReady(200, /"state":"reading"/);
    await topic.produce([numbers(ENTITY, { [after]: 2 })]);
    await consumer.whenDone();
    expect(await api.read(ENTITY, [before, after])).toEqual({ [before]: 1, [after]: 2 });
    expect(await consumer.stop()).toBe(0);
  } finally {
    await consumer.process.kill();
  }
});
