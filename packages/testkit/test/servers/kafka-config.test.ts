import { expect, test } from "vitest";
import {
  assertUsers,
  formatProperties,
  type KafkaConfig,
  kafkaProperties,
  scramArguments,
} from "../../src/servers/kafka-config.ts";

const certificates = {
  ca: "/c/ca.pem",
  server: { cert: "/c/server.pem", key: "/c/server.key" },
  client: { cert: "/c/client.pem", key: "/c/client.key" },
};

const config: KafkaConfig = {
  folder: "/data",
  logFolder: "/data/topics",
  listeners: [
    { advertisedPort: 7000 },
    { tls: { certificates, asksClient: true } },
    { sasl: ["PLAIN", "SCRAM-SHA-256"] },
    { sasl: ["SCRAM-SHA-512"], tls: { certificates } },
  ],
  ports: { listeners: [1, 2, 3, 4], direct: 5, controller: 6 },
  users: { alice: "wonder", bob: "land" },
  settings: { "num.partitions": "7", "message.max.bytes": "2000000" },
};

test("each listener has its port and protocol, and tells the port that it is to tell", () => {
  const properties = kafkaProperties(config, "4.1.0");
  expect(properties["listeners"]?.split(",")).toEqual([
    "DIRECT://127.0.0.1:5",
    "CLIENT0://127.0.0.1:1",
    "CLIENT1://127.0.0.1:2",
    "CLIENT2://127.0.0.1:3",
    "CLIENT3://127.0.0.1:4",
    "CONTROLLER://127.0.0.1:6",
  ]);
  expect(properties["advertised.listeners"]?.split(",").slice(0, 3)).toEqual([
    "DIRECT://127.0.0.1:5",
    "CLIENT0://127.0.0.1:7000",
    "CLIENT1://127.0.0.1:2",
  ]);
  expect(properties["listener.security.protocol.map"]?.split(",")).toEqual([
    "DIRECT:PLAINTEXT",
    "CONTROLLER:PLAINTEXT",
    "CLIENT0:PLAINTEXT",
    "CLIENT1:SSL",
    "CLIENT2:SASL_PLAINTEXT",
    "CLIENT3:SASL_SSL",
  ]);
});

test("listeners with passwords know the users, and those with TLS their keys", () => {
  const properties = kafkaProperties(config, "4.1.0");
  expect(properties["listener.name.client2.sasl.enabled.mechanisms"]).toBe("PLAIN,SCRAM-SHA-256");
  expect(properties["listener.name.client2.plain.sasl.jaas.config"]).toContain(
    'required user_alice="wonder" user_bob="land";',
  );
  expect(properties["listener.name.client3.scram-sha-512.sasl.jaas.config"]).toMatch(
    /ScramLoginModule required;$/,
  );
  expect(properties["listener.name.client1.ssl.client.auth"]).toBe("required");
  expect(properties["listener.name.client3.ssl.client.auth"]).toBe("none");
  expect(properties["listener.name.client3.ssl.keystore.location"]).toBe("/data/listener-3.pem");
  expect(scramArguments(config)).toEqual([
    "SCRAM-SHA-256=[name=alice,password=wonder]",
    "SCRAM-SHA-256=[name=bob,password=land]",
    "SCRAM-SHA-512=[name=alice,password=wonder]",
    "SCRAM-SHA-512=[name=bob,password=land]",
  ]);
});

test("settings are added or replace ours, and only 4.x hears of share groups", () => {
  const properties = kafkaProperties(config, "3.9.1");
  expect(properties["num.partitions"]).toBe("7");
  expect(properties["message.max.bytes"]).toBe("2000000");
  const shares = (version: string) =>
    Object.keys(kafkaProperties(config, version)).filter((key) => key.startsWith("share."));
  expect(shares("3.9.1")).toEqual([]);
  expect(shares("4.1.0")).toHaveLength(3);
});

test("a properties file doubles backslashes", () => {
  expect(formatProperties({ a: "1", path: "c:\\x" })).toBe("a=1\npath=c:\\\\x\n");
});

test.each([{ "a b": "c" }, { a: 'b"c' }, { a: "" }])("refuses %j as users", (users) => {
  expect(() => assertUsers(users as Record<string, string>)).toThrow(RangeError);
});
