import { ConfigError, EnvReader } from "@ofs/platform";
import { describe, expect, test } from "vitest";
import type { ScyllaSettings } from "../../src/config/scylla-settings.ts";
import { scyllaOptionsOf } from "../../src/rows/open-tenant-store.ts";
import { type RowStoreSettings, readRowStoreSettings } from "../../src/rows/row-settings.ts";

const SCYLLA: readonly ScyllaSettings[] = [1, 2].map((confId) => ({
  confId,
  options: { contactPoints: [`host-${confId}`], keyspace: "blocks", consistency: "ONE" },
}));

function read(env: Record<string, string>, scylla = SCYLLA): RowStoreSettings {
  const reader = new EnvReader(env);
  const settings = readRowStoreSettings(reader, scylla);
  return reader.finish<{ settings: RowStoreSettings }>({ settings }).settings;
}

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    read(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

describe("tenants", () => {
  test("the default one is on the first connection", () => {
    const { confIds, keyspace, consistency } = read({});
    expect([...confIds]).toEqual([["default-tenant", 1]]);
    expect([keyspace, consistency]).toEqual(["ofs", "LOCAL_QUORUM"]);
    expect(read({}, []).confIds.size).toBe(0);
  });

  test("have the connections that are listed, and nothing else", () => {
    const settings = read({
      ROW_TENANT_CONFIG_IDS: "default-tenant:2, team_a:1",
      ROW_KEYSPACE: "rows",
    });
    const places = { settings, scylla: SCYLLA };
    const shared = { keyspace: "rows", consistency: "LOCAL_QUORUM" };
    expect(scyllaOptionsOf("team_a", places)).toEqual({ contactPoints: ["host-1"], ...shared });
    expect(scyllaOptionsOf("default-tenant", places)).toEqual({
      contactPoints: ["host-2"],
      ...shared,
    });
    expect(scyllaOptionsOf("team_b", places)).toBeUndefined();
  });

  test("that are not listed are found by the pattern", () => {
    const env = {
      ROW_TENANT_CONFIG_IDS: "default-tenant:2",
      ROW_TENANT_HOST_PATTERN: "db{{KEY}}.local",
    };
    const places = { settings: read(env), scylla: SCYLLA };
    expect(scyllaOptionsOf("team_b", places)?.contactPoints).toEqual(["db-team_b.local"]);
    expect(scyllaOptionsOf("default-tenant", places)?.contactPoints).toEqual(["host-2"]);
  });

  test("settings that make no sense are named", () => {
    expect(
      faultsOf({
        ROW_TENANT_CONFIG_IDS: "a:1,a:2,b:9,c,d e:1",
        ROW_TENANT_HOST_PATTERN: "db{{KEY}}",
      }),
    ).toEqual([
      expect.stringContaining("tenant a is there twice"),
      expect.stringContaining("tenant b: id 9 is no Scylla connection"),
      expect.stringContaining("c is not <tenant>:<configuration id>"),
      expect.stringContaining("d e:1 is not <tenant>:<configuration id>"),
      expect.stringContaining("ROW_TENANT_HOST_PATTERN: needs default-tenant"),
    ]);
    expect(faultsOf({ ROW_TENANT_HOST_PATTERN: "db.local" })).toHaveLength(1);
    expect(faultsOf({ ROW_KEYSPACE: "a-b", ROW_CONSISTENCY: "SOME" })).toHaveLength(2);
  });
});
