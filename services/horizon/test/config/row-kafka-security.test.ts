import { ConfigError } from "@ofs/platform";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/config.ts";

const PREFIX = "KAFKA_CONSUMERS_FEATURE_CONSUMER_";

function load(security: Record<string, string>, servers = "broker:9092") {
  const prefixed = Object.entries(security).map(([name, value]) => [PREFIX + name, value]);
  return loadConfig({
    OFS_DATA_FOLDER: "/data",
    ROW_ENABLED: "true",
    ROW_KAFKA_BOOTSTRAP_SERVERS: servers,
    ...Object.fromEntries(prefixed),
  });
}

function faultsOf(security: Record<string, string>): string {
  try {
    load(security);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.join("\n");
    throw error;
  }
  return "";
}

describe("how topics are reached", () => {
  it("is as the consumer's variables say", () => {
    const login = { SASL_MECHANISM: "SCRAM-SHA-256", SASL_USERNAME: "ada", SASL_PASSWORD: "word" };
    const files = { TLS_CA_FILE: "ca.pem", TLS_CERT_FILE: "c.pem", TLS_KEY_FILE: "k.pem" };
    const config = load({ SECURITY_PROTOCOL: "SASL_SSL", ...login, ...files });
    expect(config.rows?.kafkaSecurity).toEqual({
      tls: { caFile: "ca.pem", certFile: "c.pem", keyFile: "k.pem" },
      sasl: { mechanism: "SCRAM-SHA-256", username: "ada", password: "word" },
    });
    expect(config.unknownVariables).toEqual([]);
  });

  it("is without any by default, and matters only where there are servers", () => {
    const none = { tls: undefined, sasl: undefined };
    expect(load({}).rows?.kafkaSecurity).toEqual(none);
    expect(load({ SECURITY_PROTOCOL: "SASL_SSL" }, "").rows?.kafkaSecurity).toEqual(none);
  });

  it.each([
    [{ SECURITY_PROTOCOL: "SASL_SSL" }, `${PREFIX}SASL_USERNAME: is required with`],
    [{ SECURITY_PROTOCOL: "SSL", TLS_CERT_FILE: "c.pem" }, `${PREFIX}TLS_KEY_FILE`],
    [{ TLS_CA_FILE: "ca.pem" }, `${PREFIX}SECURITY_PROTOCOL: must be SSL or SASL_SSL`],
    [{ SECURITY_PROTOCOL: "TLS" }, `${PREFIX}SECURITY_PROTOCOL`],
  ])("refuses %j", (security, fault) => {
    expect(faultsOf(security)).toContain(fault);
  });
});
